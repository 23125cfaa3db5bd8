// Makes writing a message smoother: pictures can be pasted and dragged into the text, and files are sent while one goes
// on writing. Without it the form has a field for files that does the same when it's sent.
(() => {
  const waiting = new Map(); // form → uploads under way

  const setUp = (box) => {
    const text = box.querySelector('textarea'), list = box.querySelector('[data-uploads]'), field = box.querySelector('input[type=file]');
    const wrong = box.querySelector('[data-upload-error]'), row = box.querySelector('template');
    const form = box.closest('form');

    const count = () => list.querySelectorAll('input:checked').length + (waiting.get(form) || []).length;
    const refuse = (why) => { wrong.textContent = why; };

    const insert = (mark) => {
      const at = text.selectionStart ?? text.value.length, before = text.value.slice(0, at);
      const gap = before && !before.endsWith('\n') ? '\n' : '';
      text.setRangeText(`${gap}${mark}\n`, at, text.selectionEnd ?? at, 'end');
      text.dispatchEvent(new Event('input', { bubbles: true }));
    };

    const show = (file, done) => {
      const li = row.content.firstElementChild.cloneNode(true);
      li.querySelector('[data-name]').textContent = file.name;
      li.querySelector('[data-size]').textContent = box.dataset.busy;
      li.querySelector('input').disabled = true;
      list.append(li);
      return li;
    };

    const send = async (file, inText) => {
      const li = show(file);
      const body = new FormData();
      body.append('source', box.dataset.source);
      if (inText) body.append('inline', '1');
      body.append('file', file, file.name);
      let got;
      try {
        const res = await fetch(box.dataset.upload, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'manual' });
        got = await res.json();
      } catch { got = { error: box.dataset.failed }; }
      if (got.error) { li.remove(); refuse(`${file.name}: ${got.error}`); return; }
      const tick = li.querySelector('input'), img = li.querySelector('img');
      tick.disabled = false; tick.checked = true; tick.value = got.id;
      li.querySelector('[data-name]').textContent = got.name;
      li.querySelector('[data-size]').textContent = got.size;
      if (got.picture) { img.src = got.url; img.hidden = false; } else img.remove();
      if (inText && got.mark) insert(got.mark);
    };

    const take = (files, inText) => {
      refuse('');
      for (const f of files) {
        if (count() >= Number(box.dataset.most)) { refuse(box.dataset.many); return; }
        const picture = f.type.startsWith('image/');
        const name = f.name && f.name !== 'image.png' ? f.name : `screenshot-${new Date().toISOString().slice(11, 19).replaceAll(':', '')}.png`;
        const named = f.name === name ? f : new File([f], name, { type: f.type });
        const p = send(named, inText && picture);
        waiting.set(form, [...(waiting.get(form) || []), p]);
        p.finally(() => waiting.set(form, waiting.get(form).filter((x) => x !== p)));
      }
    };

    text.addEventListener('paste', (e) => {
      if (!e.clipboardData?.files.length) return;
      e.preventDefault();
      take([...e.clipboardData.files], true);
    });
    for (const [type, over] of [['dragover', true], ['dragleave', false], ['drop', false]]) {
      text.addEventListener(type, (e) => {
        if (![...(e.dataTransfer?.types || [])].includes('Files')) return;
        e.preventDefault();
        text.classList.toggle('over', over);
        if (type === 'drop') take([...e.dataTransfer.files], true);
      });
    }
    field.addEventListener('change', () => { take([...field.files], false); field.value = ''; });

    // A file that isn't wanted any more: its mark leaves the text too.
    list.addEventListener('change', (e) => {
      if (e.target.checked || !e.target.value) return;
      text.value = text.value.replace(new RegExp(`!\\[[^\\]\\n]*\\]\\(${e.target.value}\\)\\n?`), '');
      fetch(`${box.dataset.upload}/${e.target.value}/remove`, { method: 'POST', redirect: 'manual' });
      e.target.closest('li').remove();
    });
  };

  // A form waits for its uploads.
  document.addEventListener('submit', (e) => {
    const under = waiting.get(e.target) || [];
    if (!under.length) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    const by = e.submitter;
    Promise.allSettled(under).then(() => setTimeout(() => e.target.requestSubmit(by)));
  }, true);

  for (const box of document.querySelectorAll('[data-composer]')) setUp(box);
  // One that comes later, by a part of the page being drawn anew.
  new MutationObserver((changes) => {
    for (const c of changes) for (const n of c.addedNodes) {
      if (n.nodeType === 1) for (const box of n.matches?.('[data-composer]') ? [n] : n.querySelectorAll('[data-composer]')) setUp(box);
    }
  }).observe(document.body, { childList: true, subtree: true });
})();
