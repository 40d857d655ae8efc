// Talks to the console's server: one stream for what a page shows, POST for what people change.
import { useEffect, useRef, useState } from 'preact/hooks';

const STALE_AFTER = 5000;

export const query = (params) => {
  const some = Object.entries(params || {}).filter(([, value]) => value !== '' && value != null);
  return some.length ? '?' + new URLSearchParams(some) : '';
};

/// What a page shows, kept up to date. `state` is loading, live, stale or error; `age` is milliseconds.
export function useStream(page, params) {
  const address = '/api/v1/stream/' + page + query(params);
  const [now, set] = useState({ address, data: null, state: 'loading', age: 0 });
  const heard = useRef(Date.now());
  useEffect(() => {
    let source;
    let retry;
    let known = { address, data: null, state: 'loading', age: 0 };
    let kafkaAge = 0;
    heard.current = Date.now();
    const show = (change) => {
      known = { ...known, ...change };
      set(known);
    };
    const open = () => {
      source = new EventSource(address);
      source.addEventListener('page', (event) => {
        heard.current = Date.now();
        show({ data: JSON.parse(event.data), state: kafkaAge > STALE_AFTER ? 'stale' : 'live' });
      });
      source.addEventListener('pulse', (event) => {
        heard.current = Date.now();
        kafkaAge = JSON.parse(event.data).age;
        check();
      });
      source.addEventListener('refused', (event) => show({ state: 'error', error: event.data }));
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) {
          clearTimeout(retry);
          retry = setTimeout(open, 2000);
        }
      };
    };
    // A browser has six connections to a server for all its tabs: one that nobody looks at gives its own back.
    const close = () => {
      clearTimeout(retry);
      source?.close();
    };
    const look = () => {
      close();
      if (!document.hidden) {
        heard.current = Date.now();
        open();
      }
    };
    const check = () => {
      if (document.hidden) return;
      const age = Math.max(kafkaAge, Date.now() - heard.current);
      if (!known.data) {
        if (age > STALE_AFTER) show({ state: 'error', error: 'The console does not answer.', age });
        return;
      }
      const state = age > STALE_AFTER ? 'stale' : 'live';
      if (state !== known.state || state === 'stale') show({ state, age });
    };
    look();
    const timer = setInterval(check, 1000);
    document.addEventListener('visibilitychange', look);
    window.addEventListener('pageshow', look);
    window.addEventListener('pagehide', close);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('pageshow', look);
      window.removeEventListener('pagehide', close);
      close();
    };
  }, [address]);
  return now.address === address ? now : { data: null, state: 'loading', age: 0 };
}

export async function get(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error || answer.statusText);
  return body;
}

export const token = {
  get: () => sessionStorage.getItem('millrace.token') || '',
  set: (value) => sessionStorage.setItem('millrace.token', value),
};

/// Takes the token out of the address, where `millrace up` puts it, before anybody sees or copies it.
export function takeToken() {
  const found = /^#token=([^&]+)/.exec(location.hash);
  if (found) {
    token.set(decodeURIComponent(found[1]));
    history.replaceState(null, '', location.pathname + '#/');
  }
}

export async function post(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ' + token.get() },
    body: JSON.stringify(body),
  });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error || answer.statusText);
  return result;
}
