// Important rules inside the shadow beat those of a page, however brutal; what inherits is reset.
export const LAUNCHER_CSS = `
:host{all:initial!important;position:fixed!important;z-index:var(--antiphon-z,2147483000)!important;
inset-block:auto max(20px,env(safe-area-inset-bottom))!important;inset-inline:auto 20px!important;
display:block!important;--a:var(--antiphon-accent,oklch(48% .09 178));
--on:var(--antiphon-on-accent,#fff);--r:var(--antiphon-radius,16px);
--font:var(--antiphon-font,"Instrument Sans",system-ui,sans-serif);color-scheme:light dark!important}
:host([position=bottom-left]){inset-inline:20px auto!important}
:host([position^=top]){inset-block:20px auto!important}
:host([position=top-left]){inset-inline:20px auto!important}
:host([position=inline]){position:static!important;block-size:100%!important}
:host([position=inline]) .launcher,.launcher[hidden]{display:none}
:host([hidden]){display:none!important}
.launcher{all:unset;box-sizing:border-box;display:flex;align-items:center;gap:10px;
block-size:52px;padding:0 20px 0 16px;border-radius:26px;background:var(--a);color:var(--on);
font:600 15px/1 var(--font);cursor:pointer;
box-shadow:0 1px 2px #0b221e14,0 10px 28px #0b221e33;-webkit-tap-highlight-color:transparent}
.launcher:focus-visible{outline:2px solid var(--on);outline-offset:-5px}
.launcher svg{inline-size:22px;block-size:22px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round}
.badge{background:#a3271b;color:#fff;border-radius:10px;padding:4px 7px;font-size:12px}
.badge:empty{display:none}
@media(prefers-reduced-motion:no-preference){.launcher{transition:translate .12s}
.launcher:hover{translate:0 -1px}}
@media(forced-colors:active){.launcher{border:1px solid}}`;
