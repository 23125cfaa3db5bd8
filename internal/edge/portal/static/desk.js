// Puts a canned answer into a reply while one types: two colons and a word list those that fit; arrows and Enter choose.
// Without it the answers stand in a list below the text.
(() => {
  const setUp = (box) => {
    const text = box.querySelector('textarea');
    if (!text || box.dataset.ready) return;
    box.dataset.ready = '1';
    const list = document.createElement('ul');
    list.className = 'suggest';
    list.id = 'suggest';
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', box.dataset.label);
    list.hidden = true;
    text.after(list);
    text.setAttribute('aria-controls', list.id);
    let found = [], at = 0, asked = 0, timer = 0;

    // What stands after the colons before the caret; null when there are none.
    const word = () => {
      const m = /(?:^|\s)::([^\s:]{0,40})$/u.exec(text.value.slice(0, text.selectionStart));
      return m ? m[1] : null;
    };
    const close = () => { list.hidden = true; found = []; text.removeAttribute('aria-activedescendant'); };

    const mark = () => {
      [...list.children].forEach((li, i) => li.setAttribute('aria-selected', String(i === at)));
      if (found.length) text.setAttribute('aria-activedescendant', `suggest-${at}`);
    };
    const put = (i) => {
      const chosen = found[i], typed = word();
      if (!chosen || typed === null) { close(); return; }
      const end = text.selectionStart;
      text.setRangeText(chosen.text, end - typed.length - 2, end, 'end');
      close();
      text.focus();
      text.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const draw = (all) => {
      found = all; at = 0;
      list.replaceChildren(...(all.length ? all.map((x, i) => {
        const li = document.createElement('li');
        li.id = `suggest-${i}`;
        li.setAttribute('role', 'option');
        const name = document.createElement('strong'), start = document.createElement('span');
        name.textContent = x.name;
        start.textContent = x.text.slice(0, 90);
        start.className = 'muted small';
        li.append(name, start);
        li.addEventListener('mousedown', (e) => { e.preventDefault(); put(i); });
        return li;
      }) : [Object.assign(document.createElement('li'), { textContent: box.dataset.none, className: 'muted' })]));
      list.hidden = false;
      mark();
    };
    const look = async () => {
      const typed = word();
      if (typed === null) { close(); return; }
      const mine = ++asked;
      try {
        const res = await fetch(`${box.dataset.answers}?q=${encodeURIComponent(typed)}`, { headers: { Accept: 'application/json' }, redirect: 'manual' });
        if (mine === asked && res.ok && word() !== null) draw(await res.json() || []);
      } catch { close(); }
    };

    text.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(look, 150); });
    text.addEventListener('blur', () => setTimeout(close, 150));
    text.addEventListener('keydown', (e) => {
      if (list.hidden || !found.length) { if (e.key === 'Escape' && !list.hidden) close(); return; }
      if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { at = (at + (e.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length; mark(); }
      else if (e.key === 'Enter' || e.key === 'Tab') put(at);
      else if (e.key === 'Escape') close();
      else return;
      e.preventDefault();
    });
  };
  for (const box of document.querySelectorAll('[data-answers]')) setUp(box);
})();
