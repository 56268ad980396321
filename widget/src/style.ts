// The studio's colours and measures, in the widget's shadow. Every pair of text and ground is 4.5 to
// 1 or more in both themes.
const DARK = `--bg:oklch(21% .016 195);--fg:oklch(94% .008 95);--quiet:oklch(76% .014 190);
--line:oklch(32% .018 195);--edge:oklch(60% .02 195);--soft:oklch(26% .018 195);
--mine:oklch(31% .035 180);--bad:oklch(77% .13 25);--badbg:oklch(28% .045 27);
--caller:oklch(74% .13 55);--agent:oklch(74% .1 178);
--shadow:0 1px 2px #0006,0 18px 48px #0009;color-scheme:dark`;

export const CSS = `
.panel,.panel *{box-sizing:border-box}
.panel{--bg:oklch(99.4% .003 95);--fg:oklch(24% .02 190);--quiet:oklch(46% .02 190);
--line:oklch(89% .012 95);--edge:oklch(60% .018 190);--soft:oklch(96.4% .007 95);
--mine:oklch(94% .027 178);--bad:oklch(46% .16 27);--badbg:oklch(95.5% .02 27);
--caller:oklch(62% .14 52);--agent:oklch(52% .1 178);
--shadow:0 1px 2px #0b221e14,0 18px 48px #0b221e2e;
position:fixed;inset-block-end:20px;inset-inline-end:20px;inline-size:min(392px,100vw - 40px);
block-size:min(640px,100dvh - 40px);display:flex;flex-direction:column;overflow:hidden;
background:var(--antiphon-bg,var(--bg));color:var(--antiphon-fg,var(--fg));
border:1px solid var(--antiphon-line,var(--line));border-radius:var(--r);box-shadow:var(--shadow);
font:400 15px/1.5 var(--font);text-align:start;color-scheme:light}
.panel[hidden],.panel [hidden]{display:none}
.panel[data-theme=dark]{${DARK}}
@media(prefers-color-scheme:dark){.panel[data-theme=auto]{${DARK}}}
:host([position=bottom-left]) .panel,:host([position=top-left]) .panel{inset-inline:20px auto}
:host([position^=top]) .panel{inset-block:20px auto}
:host([position=inline]) .panel{position:static;inline-size:100%;block-size:100%;min-block-size:420px;box-shadow:none}
@media(max-width:480px){:host(:not([position=inline])) .panel{inset:0;inline-size:100vw;block-size:100dvh;border:0;border-radius:0}}
.head{display:flex;align-items:center;gap:12px;padding-block:14px;padding-inline:18px 10px;border-block-end:1px solid var(--line)}
.head>div{flex:1;min-inline-size:0}
h2{margin:0;font-size:16px;font-weight:600;line-height:1.3;overflow-wrap:anywhere}
.sub{margin:0;font-size:13px;color:var(--quiet)}
svg{inline-size:20px;block-size:20px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;flex:none}
[dir=rtl] .flip svg{scale:-1 1}
button{font:inherit;color:inherit}
.icon{all:unset;box-sizing:border-box;display:grid;place-items:center;inline-size:40px;block-size:40px;border-radius:10px;cursor:pointer;flex:none}
.icon:hover{background:var(--soft)}
.icon[aria-pressed=true]{background:var(--badbg);color:var(--bad)}
.main{background:var(--a);color:var(--on)}
.main:hover{background:var(--a);filter:brightness(1.08)}
.icon:disabled{background:none;color:var(--edge);cursor:default}
:focus-visible{outline:2px solid var(--fg);outline-offset:2px}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:18px;display:flex;flex-direction:column;gap:12px}
.log>:first-child{margin-block-start:auto}
.turn{max-inline-size:86%;align-self:flex-start;overflow-wrap:anywhere}
.turn.visitor{align-self:flex-end}
.words{padding:9px 14px;border-radius:14px;border:1px solid var(--line);background:var(--antiphon-bg,var(--bg))}
.visitor .words{background:var(--mine);border-color:transparent}
.agent .words{border-end-start-radius:4px}
.visitor .words{border-end-end-radius:4px}
.turn[data-state=partial] .words{color:var(--quiet);border-style:dashed}
.words p,.words ul,.words ol{margin:0}
.words p+p,.words p+ul,.words ul+p,.words p+ol,.words ol+p{margin-block-start:8px}
.words ul,.words ol{padding-inline-start:20px}
.words a{color:inherit;text-underline-offset:2px}
.words code{font-family:ui-monospace,monospace;font-size:.9em}
.state{display:flex;gap:8px;align-items:center;justify-content:flex-end;margin-block-start:3px;font-size:12px;color:var(--quiet)}
.agent .state{justify-content:flex-start}
.state.failed{color:var(--bad)}
.link{all:unset;cursor:pointer;text-decoration:underline;text-underline-offset:2px;padding:4px 2px;min-block-size:24px;box-sizing:border-box}
.typing .words{display:flex;gap:5px;padding:15px 14px}
.typing i{inline-size:6px;block-size:6px;border-radius:50%;background:var(--quiet)}
@media(prefers-reduced-motion:no-preference){.typing i{animation:beat 1.2s infinite}
.typing i:nth-child(2){animation-delay:.15s}.typing i:nth-child(3){animation-delay:.3s}
@keyframes beat{0%,60%,100%{opacity:.35}30%{opacity:1}}}
.chips{display:flex;flex-wrap:wrap;gap:8px}
.chip{all:unset;box-sizing:border-box;cursor:pointer;min-block-size:36px;padding:7px 14px;border:1px solid var(--edge);border-radius:18px;font-size:14px;line-height:20px}
.chip:hover{background:var(--soft)}
.chip.main{border-color:transparent;font-weight:600}
.notice{display:flex;gap:10px;align-items:flex-start;padding:11px 18px;background:var(--badbg);color:var(--bad);font-size:14px;line-height:1.45}
.notice p{margin:0;flex:1}
.rate{display:flex;align-items:center;gap:4px;padding-block:4px;padding-inline:18px 10px;font-size:13px;color:var(--quiet);border-block-start:1px solid var(--line)}
.rate span{flex:1}
.rate .icon[aria-pressed=true]{background:var(--mine);color:var(--fg)}
.call{display:flex;align-items:center;gap:10px;padding-block:10px;padding-inline:18px 10px;border-block-start:1px solid var(--line);background:var(--soft)}
.moment{flex:1;min-inline-size:0;font-weight:500}
.bars{display:flex;align-items:center;gap:3px;block-size:22px;inline-size:32px}
.bars i{flex:1;block-size:100%;border-radius:2px;background:var(--agent);scale:1 .14}
.bars.mine i{background:var(--caller)}
@media(prefers-reduced-motion:no-preference){.bars i{transition:scale .06s linear}}
.hold{all:unset;box-sizing:border-box;cursor:pointer;background:var(--a);color:var(--on);font-weight:600;font-size:14px;padding:9px 16px;border-radius:20px;touch-action:none;user-select:none}
.hold[aria-pressed=true]{outline:3px solid var(--caller);outline-offset:2px}
form{display:flex;align-items:flex-end;gap:6px;padding:12px;border-block-start:1px solid var(--line)}
textarea{flex:1;min-inline-size:0;resize:none;field-sizing:content;max-block-size:120px;min-block-size:40px;padding:8px 13px;border:1px solid var(--edge);border-radius:12px;background:transparent;color:inherit;font:400 16px/22px var(--font)}
textarea::placeholder{color:var(--quiet);opacity:1}
.gate{padding:18px;border-block-start:1px solid var(--line);display:grid;gap:12px;justify-items:start;font-size:14px}
.gate p{margin:0}
.live{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(pointer:coarse){.icon{inline-size:44px;block-size:44px}.chip{min-block-size:44px;padding-block:11px}}
@media(forced-colors:active){.words,.chip,.hold,.main{border:1px solid}.bars i{background:CanvasText}}`;
