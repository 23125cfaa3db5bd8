// Makes pages smoother; every page works without it. It watches the document and uses no events of htmx.
(() => {
  const on = (type, act) => document.addEventListener(type, act);

  // What must be read first takes the focus: the summary of refused entries.
  const focusFirst = (root) => {
    const el = root.querySelector('[data-focus]');
    if (el && !el.dataset.seen) { el.dataset.seen = '1'; el.focus(); }
  };

  // Buttons that need a script are shown only now.
  const reveal = (root) => { for (const b of root.querySelectorAll('[data-copy][hidden]')) b.hidden = false; };
  const arrive = (root) => { reveal(root); focusFirst(root); };

  // A dialog opens when something is put into it.
  const dlg = document.getElementById('dlg');
  const openDialog = () => {
    if (!dlg.innerHTML.trim()) return;
    if (!dlg.open) dlg.showModal();
    (dlg.querySelector('[data-focus]') || dlg.querySelector('input, select, textarea'))?.focus();
  };
  new MutationObserver((changes) => {
    for (const c of changes) {
      if (c.target === dlg) { openDialog(); continue; }
      for (const n of c.addedNodes) if (n.nodeType === 1) arrive(n.parentElement || n);
    }
  }).observe(document.body, { childList: true, subtree: true });
  arrive(document);

  on('click', (e) => {
    if (e.target.closest('[data-close]') && dlg.open) { e.preventDefault(); dlg.close(); }
    for (const d of document.querySelectorAll('details.menu[open]')) if (!d.contains(e.target)) d.open = false;
    const copy = e.target.closest('[data-copy]');
    if (copy) copyText(copy);
  });

  const copyText = async (button) => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    const word = button.querySelector('span'), before = word.textContent;
    word.textContent = button.dataset.copied;
    setTimeout(() => { word.textContent = before; }, 2000);
  };

  on('keydown', (e) => {
    if (e.key === 'Escape') {
      const open = document.querySelector('details.menu[open]');
      if (open) { open.open = false; open.querySelector('summary').focus(); }
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input, textarea, select, [contenteditable], dialog')) return;
    document.querySelector(`a[data-key="${CSS.escape(e.key)}"]`)?.click();
  });

  // A form is sent once. The button is switched off after the browser has taken its value; it comes back when
  // the page does, or when the answer was a file and the page stayed.
  const release = (form) => {
    delete form.dataset.sent;
    for (const b of form.querySelectorAll('[aria-busy]')) { b.removeAttribute('aria-busy'); b.removeAttribute('aria-disabled'); }
  };
  on('submit', (e) => {
    const form = e.target;
    if (form.method !== 'post' || form.closest('[hx-get], [hx-post]')) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = '1';
    const button = e.submitter;
    setTimeout(() => { if (button) { button.setAttribute('aria-busy', 'true'); button.setAttribute('aria-disabled', 'true'); } });
    setTimeout(() => release(form), 15000);
  });
  addEventListener('pageshow', () => { for (const f of document.querySelectorAll('form[data-sent]')) release(f); });

  // A file may be dropped on its field; the browser does the work, we show where.
  for (const [type, over] of [['dragover', true], ['dragleave', false], ['drop', false]]) {
    on(type, (e) => e.target.closest?.('.file')?.classList.toggle('over', over));
  }

  // A ticked head box ticks its whole list.
  on('change', (e) => {
    const name = e.target.dataset?.all;
    if (name) for (const b of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)) b.checked = e.target.checked;
  });

  // The link of a requirement opens it.
  const openTarget = () => {
    const el = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (el && el.tagName === 'DETAILS') el.open = true;
  };
  addEventListener('hashchange', openTarget);
  openTarget();
})();
