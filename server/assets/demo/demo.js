// A website as anybody's: it loads the widget and asks it what the buttons say.
const AGENT = '00000000-0000-4000-8000-000200000001';  // front-desk of the demo workspace
const SOURCE = '/widget/v1.js';
const notice = document.getElementById('notice');

const say = (text) => {
  notice.textContent = text;
  notice.hidden = false;
};

document.getElementById('snippet').textContent = `<script async src="${location.origin}${SOURCE}"
        data-agent="${AGENT}"></script>`;

const script = document.createElement('script');
script.src = SOURCE;
script.dataset.agent = AGENT;
script.dataset.lang = 'en';  // of the page and its agent, whatever the browser's is
script.onerror = () => say('The widget is not built. Run tools/build-widget and start the server again.');
document.head.append(script);

for (const button of document.querySelectorAll('.ask button')) {
  button.addEventListener('click', async () => {
    const widget = document.querySelector('antiphon-widget');
    if (!widget) return;
    widget.open();
    await widget.send(button.textContent);
  });
}
