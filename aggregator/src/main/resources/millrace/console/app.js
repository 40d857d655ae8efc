// The frame: where one is, where one can go, the theme, and the page.
import { h, render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { takeToken } from './api.js';
import { el } from './ui.js';
import { Overview } from './overview.js';
import { Jobs } from './jobs.js';
import { JobPage } from './job.js';
import { Workers } from './workers.js';
import { Letters } from './letters.js';
import { Queue } from './queue.js';
import { Cluster } from './cluster.js';

const PAGES = [
  ['overview', 'Overview', 'o'],
  ['jobs', 'Jobs', 'j'],
  ['workers', 'Workers', 'w'],
  ['dead-letters', 'Dead letters', 'd'],
  ['queue', 'Queue & scaling', 'q'],
  ['cluster', 'Cluster', 'c'],
];

function where() {
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?');
  const [page, ...rest] = path.split('/');
  return { page: page || 'overview', id: decodeURIComponent(rest.join('/')), params: Object.fromEntries(new URLSearchParams(search)) };
}

/// Puts what a page is asked for into the address, so that it can be kept and sent.
export function go(page, params) {
  const some = Object.entries(params || {}).filter(([, value]) => value);
  location.hash = '/' + page + (some.length ? '?' + new URLSearchParams(some) : '');
}

function page(at) {
  switch (at.page) {
    case 'jobs':
      return at.id ? h(JobPage, { id: at.id, key: at.id }) : h(Jobs, { params: at.params, go });
    case 'workers':
      return h(Workers);
    case 'dead-letters':
      return h(Letters, { params: at.params, go });
    case 'queue':
      return h(Queue);
    case 'cluster':
      return h(Cluster);
    default:
      return h(Overview);
  }
}

function App() {
  const [at, setAt] = useState(where());
  const [theme, setTheme] = useState(localStorage.getItem('millrace.theme') || 'auto');
  const [help, setHelp] = useState(false);
  useEffect(() => {
    const moved = () => {
      setAt(where());
      document.getElementById('main')?.focus({ preventScroll: true });
    };
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const apply = () => {
      document.documentElement.dataset.theme = theme === 'auto' ? (dark.matches ? 'dark' : 'light') : theme;
      dispatchEvent(new Event('theme'));
    };
    apply();
    dark.addEventListener('change', apply);
    localStorage.setItem('millrace.theme', theme);
    return () => dark.removeEventListener('change', apply);
  }, [theme]);
  useEffect(() => {
    let before = '';
    const key = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName) || document.querySelector('dialog[open]')) return;
      const found = before === 'g' && PAGES.find((one) => one[2] === event.key);
      if (found) location.hash = '/' + found[0];
      else if (event.key === '/') {
        event.preventDefault();
        document.querySelector('input[type=search]')?.focus() ?? (location.hash = '/jobs');
      } else if (event.key === '?') setHelp((shown) => !shown);
      before = event.key;
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
  const name = (PAGES.find((one) => one[0] === at.page) || PAGES[0])[1];
  useEffect(() => {
    document.title = (at.id || name) + ' · Millrace';
  }, [at.id, name]);
  const next = { auto: 'dark', dark: 'light', light: 'auto' }[theme];
  return el.div(
    { class: 'frame' },
    el.a({ class: 'skip', href: '#main', onClick: (event) => { event.preventDefault(); document.getElementById('main').focus(); } }, 'Skip to the page'),
    el.header(
      { class: 'rail' },
      el.a({ class: 'brand', href: '#/' }, el.img({ src: '/icon.svg', alt: '', width: 26, height: 26 }), el.span({}, 'Millrace')),
      el.nav(
        { 'aria-label': 'Pages' },
        PAGES.map(([key, label]) => el.a({ key, href: '#/' + key, 'aria-current': at.page === key ? 'page' : undefined }, label)),
      ),
      el.div(
        { class: 'rail-foot' },
        el.button({ class: 'quiet', type: 'button', onClick: () => setTheme(next), 'aria-label': `Theme: ${theme}; change to ${next}` }, `theme: ${theme}`),
        el.button({ class: 'quiet', type: 'button', onClick: () => setHelp(!help), 'aria-expanded': help }, 'keys ?'),
      ),
    ),
    el.main(
      { id: 'main', tabIndex: -1 },
      help &&
        el.div(
          { class: 'notice', role: 'status' },
          el.strong({}, 'Keys: '),
          PAGES.map(([, label, key]) => el.span({ key }, el.kbd({}, 'g'), ' ', el.kbd({}, key), ' ', label, ' · ')),
          el.kbd({}, '/'),
          ' search · ',
          el.kbd({}, '?'),
          ' these keys',
        ),
      page(at),
    ),
  );
}

takeToken();
const place = document.getElementById('app');
place.textContent = '';
render(h(App), place);
