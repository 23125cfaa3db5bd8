// Signs what the API explorer sends with the reader's own key: SDK-HMAC-SHA256 by the browser's own cryptography.
// The two keys stay in their fields: nothing stores them, and only the signature is sent.
const text = new TextEncoder();
const hex = bytes => [...new Uint8Array(bytes)].map(b => b.toString(16).padStart(2, '0')).join('');
const sha = async bytes => hex(await crypto.subtle.digest('SHA-256', bytes));
const escape = s => encodeURIComponent(s).replace(/[!'()*]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase());
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

async function hmac(secret, message) {
  const key = await crypto.subtle.importKey('raw', text.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return hex(await crypto.subtle.sign('HMAC', key, text.encode(message)));
}

// A nonce makes each call's signature another: the same one is refused the second time.
async function sign(request, access, secret) {
  const url = new URL(request.url);
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const nonce = crypto.randomUUID();
  const path = url.pathname.split('/').map(s => escape(decodeURIComponent(s))).join('/').replace(/\/?$/, '/');
  const query = [...url.searchParams].sort((a, b) => order(a[0], b[0]) || order(a[1], b[1])).map(p => p.map(escape).join('=')).join('&');
  const body = await sha(await request.clone().arrayBuffer());
  const canonical = [request.method, path, query, `x-nonce:${nonce}`, `x-sdk-date:${date}`, '', 'x-nonce;x-sdk-date', body].join('\n');
  const signature = await hmac(secret, ['SDK-HMAC-SHA256', date, await sha(text.encode(canonical))].join('\n'));
  const headers = new Headers(request.headers);
  headers.set('X-Nonce', nonce);
  headers.set('X-Sdk-Date', date);
  headers.set('Authorization', `SDK-HMAC-SHA256 Access=${access}, SignedHeaders=x-nonce;x-sdk-date, Signature=${signature}`);
  return new Request(request, { headers });
}

// The explorer tells of a call before it makes it, but doesn't wait; so the call itself is where it's signed.
let trying = false;
document.querySelector('rapi-doc').addEventListener('before-try', () => { trying = true; });
const send = window.fetch;
window.fetch = async (input, init) => {
  const access = document.getElementById('access-key').value.trim();
  const secret = document.getElementById('secret-key').value.trim();
  if (!trying || !access || !secret) {
    return send(input, init);
  }
  trying = false;
  const request = new Request(input, init);
  return send(new URL(request.url).origin === location.origin ? await sign(request, access, secret) : request);
};
