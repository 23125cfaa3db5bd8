// Makes the editor of programs smoother: line numbers, marks at lines with mistakes, and a check while one writes.
// Without it the same page has a button that checks.
(() => {
  const lines = (text) => text.split('\n').length;

  // The numbers beside a text, as many as it has lines.
  const number = (box) => {
    const area = box.querySelector('textarea'), gutter = box.querySelector('.gutter');
    const bad = new Set((box.dataset.bad || '').split(' ').filter(Boolean).map(Number));
    const out = document.createDocumentFragment();
    for (let n = 1; n <= lines(area.value); n++) {
      const row = document.createElement('span');
      row.textContent = n;
      if (bad.has(n)) row.className = 'bad';
      out.append(row);
    }
    gutter.replaceChildren(out);
    gutter.hidden = false;
    gutter.style.height = `${area.clientHeight}px`;
    gutter.scrollTop = area.scrollTop;
  };

  const start = (box) => {
    const area = box.querySelector('textarea'), gutter = box.querySelector('.gutter');
    area.addEventListener('input', () => number(box));
    area.addEventListener('scroll', () => { gutter.scrollTop = area.scrollTop; });
    new ResizeObserver(() => { gutter.style.height = `${area.clientHeight}px`; }).observe(area);
    number(box);
  };
  for (const box of document.querySelectorAll('[data-editor]')) start(box);

  // A place in the list of problems leads to its line and column.
  const jump = (link) => {
    const area = document.getElementById(link.hash.slice(1));
    const [line, col] = link.dataset.jump.split(':').map(Number);
    const before = area.value.split('\n').slice(0, line - 1).join('\n');
    const at = before.length + (line > 1 ? 1 : 0) + Math.max(0, col - 1);
    area.focus();
    area.setSelectionRange(at, at);
    const height = area.scrollHeight / lines(area.value);
    area.scrollTop = Math.max(0, (line - 4) * height);
  };
  document.addEventListener('click', (e) => {
    const link = e.target.closest('[data-jump]');
    if (!link || !document.getElementById(link.hash.slice(1))) return;
    e.preventDefault();
    jump(link);
  });

  // A while after the last key the text is checked; an answer that a newer one overtook is dropped.
  const watch = (form) => {
    const target = document.getElementById(form.dataset.target);
    let timer = 0, turn = 0;
    const mark = () => {
      for (const box of form.querySelectorAll('[data-editor]')) {
        const id = box.querySelector('textarea').id;
        box.dataset.bad = [...target.querySelectorAll(`[data-jump][href="#${CSS.escape(id)}"]`)].map((a) => a.dataset.jump.split(':')[0]).join(' ');
        number(box);
      }
    };
    const check = async () => {
      const mine = ++turn;
      const res = await fetch(form.dataset.check, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      if (mine !== turn || !res.ok) return;
      target.innerHTML = await res.text();
      mark();
    };
    form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(check, 400); });
  };
  for (const form of document.querySelectorAll('form[data-check]')) watch(form);
})();
