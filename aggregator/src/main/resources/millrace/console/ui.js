// Small parts that all pages share: elements, numbers for people, cards, and the four ways to have no data.
import { h } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/// Elements by name: `el.div({ class: 'x' }, ...)`.
export const el = new Proxy({}, { get: (_, tag) => (props, ...children) => h(tag, props, ...children) });

const whole = new Intl.NumberFormat('en-GB');
const short = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
export const count = (n) => (n == null ? '–' : whole.format(Math.round(n)));
export const decimal = (n) => (n == null ? '–' : n >= 1000 ? count(n) : short.format(n));

export function seconds(s) {
  if (s == null || !isFinite(s)) return 'not known';
  if (s < 1e-3) return Math.round(s * 1e6) + ' µs';
  if (s < 1) return Math.round(s * 1000) + ' ms';
  if (s < 60) return short.format(s) + ' s';
  if (s < 3600) return Math.floor(s / 60) + ' min ' + Math.round(s % 60) + ' s';
  if (s < 172800) return Math.floor(s / 3600) + ' h ' + Math.round((s % 3600) / 60) + ' min';
  return Math.round(s / 86400) + ' days';
}

export function bytes(b) {
  if (b == null || b < 0) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  for (; b >= 1024 && unit < 4; unit++) b /= 1024;
  return short.format(b) + ' ' + units[unit];
}

export const eta = (range) => (range ? `${seconds(range[1])} (${seconds(range[0])} – ${seconds(range[2])})` : 'not known yet');
export const clock = (millis) => new Date(millis).toLocaleTimeString('en-GB');
export const when = (millis) => new Date(millis).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
export const items = (first, end) => (end - first === 1 ? `item ${count(first)}` : `items ${count(first)} – ${count(end - 1)}`);
export const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;

/// A colour for the n-th job of a picture, told apart by people who see colours differently.
export const jobColour = (n) => getComputedStyle(document.documentElement).getPropertyValue(`--job-${((n % 8) + 8) % 8}`).trim();
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

// Jobs keep their colour while the page is open.
const numbers = new Map();
export function jobNumber(id) {
  if (!numbers.has(id)) numbers.set(id, numbers.size);
  return numbers.get(id);
}

export const Card = ({ title, id, hint, actions, children, wide }) =>
  el.section(
    { class: 'card' + (wide ? ' wide' : ''), 'aria-label': title, id },
    el.div({ class: 'card-head' }, el.h2({}, title), hint && el.span({ class: 'hint' }, hint), actions && el.span({ class: 'card-actions' }, actions)),
    children,
  );

export const Tile = ({ label, value, note, tone }) =>
  el.div({ class: 'tile' + (tone ? ' ' + tone : '') }, el.dt({}, label), el.dd({}, value, note && el.small({}, note)));

export const Empty = ({ title, children }) => el.div({ class: 'empty' }, el.strong({}, title), children && el.div({}, children));

export const State = ({ state }) => el.span({ class: 'state ' + state }, state);

/// How far a job is, in four colours and in words.
export function Bar({ job }) {
  const of = Math.max(1, job.items);
  const part = (n, name) => (n > 0 ? el.span({ class: 'part ' + name, style: { width: (100 * n) / of + '%' } }) : null);
  const percent = Math.floor((1000 * (job.done + job.dead)) / of) / 10;
  return el.div(
    {
      class: 'bar',
      role: 'progressbar',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-valuenow': job.items ? percent : 100,
      'aria-label': `${job.id}: ${count(job.done)} of ${count(job.items)} items done, ${count(job.dead)} given up`,
    },
    part(job.done, 'done'),
    part(job.dead, 'dead'),
    part(Math.min(job.inHand, job.items - job.done - job.dead), 'hand'),
  );
}

export const percent = (job) => (job.items ? short.format(Math.floor((1000 * (job.done + job.dead)) / job.items) / 10) : '100') + ' %';

/// What a page shows while it has nothing to show, and a banner when what it shows is old.
export function Fresh({ stream, children }) {
  if (!stream.data) {
    return stream.state === 'error'
      ? el.div({ class: 'notice error', role: 'alert' }, el.strong({}, 'No data. '), stream.error, ' It is asked again every two seconds.')
      : el.div({ class: 'loading', role: 'status' }, el.span({ class: 'spinner' }), 'Loading …');
  }
  return el.div(
    { class: 'page-body' + (stream.state === 'stale' ? ' is-stale' : '') },
    stream.state === 'stale' &&
      el.div({ class: 'notice stale', role: 'status' }, el.strong({}, `Stale: ${seconds(stream.age / 1000)} old. `), 'What follows is the last that was heard.'),
    stream.data.caughtUp === false &&
      el.div({ class: 'notice', role: 'status' }, el.span({ class: 'spinner' }), 'The console is still reading the history of the fleet; numbers will rise.'),
    children,
  );
}

/// A dialog that the browser keeps the focus in; `onClose` when it is left in any way.
export function Dialog({ title, onClose, children }) {
  const node = useRef();
  useEffect(() => {
    node.current.showModal();
  }, []);
  return el.dialog(
    { ref: node, onClose, 'aria-labelledby': 'dialog-title' },
    el.div(
      { class: 'dialog-head' },
      el.h2({ id: 'dialog-title' }, title),
      el.button({ class: 'quiet', type: 'button', 'aria-label': 'Close', onClick: () => node.current.close() }, '✕'),
    ),
    children,
  );
}

export function Copy({ text }) {
  const [copied, set] = useState(false);
  return el.span(
    { class: 'copy' },
    el.code({}, text),
    el.button(
      {
        class: 'quiet',
        type: 'button',
        'aria-label': 'Copy ' + text,
        onClick: () => navigator.clipboard?.writeText(text).then(() => set(true)),
      },
      copied ? 'copied' : 'copy',
    ),
  );
}

export const Command = ({ children }) => el.p({ class: 'command' }, 'The same on the command line: ', h(Copy, { text: children }));

/// Draws on a canvas as wide as its place, again whenever that, the data or the theme changes.
export function Canvas({ height, draw, label, onPoint, ...rest }) {
  const node = useRef();
  useEffect(() => {
    const paint = () => {
      const canvas = node.current;
      if (!canvas) return;
      const scale = window.devicePixelRatio || 1;
      const width = canvas.clientWidth;
      canvas.width = Math.max(1, Math.round(width * scale));
      canvas.height = Math.max(1, Math.round(height * scale));
      const pen = canvas.getContext('2d');
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      pen.clearRect(0, 0, width, height);
      draw(pen, width, height);
    };
    paint();
    const watch = new ResizeObserver(paint);
    watch.observe(node.current);
    return () => watch.disconnect();
  });
  const at = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    onPoint?.(event.clientX - box.left, event.clientY - box.top, event.type, box.width);
  };
  return el.canvas({ ref: node, role: 'img', 'aria-label': label, style: { height: height + 'px' }, onMouseMove: onPoint && at, onClick: onPoint && at, ...rest });
}
