// Brings news into an open page: as a stream of events that goes on where it stopped, or, where that can't be had, by
// asking now and then. The page says where to ask and what it has (data-live, data-seq).
(() => {
  const box = document.getElementById('live');
  if (!box) return;
  const spoken = box.querySelector('[role=status]'), notice = box.querySelector('.notice');
  let seq = Number(box.dataset.seq), source = null, asking = 0, heard = 0, asked = 0, away = 0;

  const say = (text) => { notice.querySelector('p').textContent = text; notice.hidden = false; };

  // Something that somebody is writing in isn't taken from under the hands.
  const busy = (el) => el.contains(document.activeElement) && document.activeElement.matches('input, textarea, select')
    || [...el.querySelectorAll('input, textarea, select')].some((f) => f.type === 'checkbox' || f.type === 'radio'
      ? f.checked !== f.defaultChecked : f.tagName === 'SELECT' ? ![...f.options].every((o) => o.selected === o.defaultSelected) && f.selectedIndex > 0
      : f.type !== 'hidden' && f.value !== f.defaultValue);

  const put = (part) => {
    const el = document.getElementById(part.id);
    if (!el) return false;
    const made = document.createElement('template');
    made.innerHTML = part.html;
    if (part.how === 'append') {
      let fresh = false;
      for (const n of [...made.content.children]) {
        const old = n.id && document.getElementById(n.id);
        if (old) old.replaceWith(n); else { el.append(n); n.classList.add('fresh'); fresh = true; }
      }
      return fresh;
    }
    if (busy(el)) { say(box.dataset.kept); return false; }
    const open = [...el.querySelectorAll('details[open][id]')].map((d) => d.id);
    el.replaceChildren(made.content);
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    return false;
  };

  const take = (news) => {
    if (news.seq <= seq) return;
    seq = news.seq;
    box.dataset.seq = seq;
    let fresh = false;
    for (const part of news.parts) fresh = put(part) || fresh;
    if (fresh) { spoken.textContent = ''; setTimeout(() => { spoken.textContent = box.dataset.news; }, 50); }
  };

  const over = () => { stop(); say(box.dataset.over); };
  const stop = () => { source?.close(); source = null; clearInterval(asking); asking = 0; };
  const address = (poll) => `${box.dataset.live}?after=${seq}${poll ? '&poll=1' : ''}`;

  // Where there's no stream: every 15 seconds, and now and then it's tried again.
  const ask = async () => {
    if (document.hidden) return;
    if (++asked > 20) { stop(); asked = 0; listen(); return; }
    let res;
    try { res = await fetch(address(true), { headers: { Accept: 'application/json' }, redirect: 'manual' }); } catch { return; }
    if (res.status === 401 || res.status === 403 || res.status === 404) { over(); return; }
    if (res.ok) take(await res.json());
  };
  const askNowAndThen = () => { stop(); asked = 0; ask(); asking = setInterval(ask, 15000); };

  const listen = () => {
    if (!window.EventSource) { askNowAndThen(); return; }
    heard = performance.now();
    const own = source = new EventSource(address(false));
    own.addEventListener('news', (e) => { heard = performance.now(); take(JSON.parse(e.data)); });
    own.addEventListener('beat', () => { heard = performance.now(); });
    own.addEventListener('open', () => { heard = performance.now(); box.dataset.state = 'live'; });
    own.addEventListener('busy', askNowAndThen);
    own.addEventListener('over', over);
    own.addEventListener('error', () => { if (own === source && own.readyState === EventSource.CLOSED) askNowAndThen(); });
  };

  // A stream that says nothing for long is held up by something in between.
  setInterval(() => { if (source && !document.hidden && performance.now() - heard > 40000) askNowAndThen(); }, 5000);

  // A page that nobody looks at gives its connection back after a minute, and catches up when it's looked at again.
  document.addEventListener('visibilitychange', () => {
    clearTimeout(away);
    if (document.hidden) away = setTimeout(() => { if (source) stop(); away = -1; }, 60000);
    else if (away === -1 || !source && !asking) { away = 0; if (notice.hidden) listen(); }
  });
  addEventListener('pagehide', () => stop());
  addEventListener('pageshow', (e) => { if (e.persisted && !source && !asking) listen(); });
  listen();
})();
