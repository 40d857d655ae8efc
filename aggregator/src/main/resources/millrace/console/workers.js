// Who computes: cores as squares, memory, rate.
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { useStream } from './api.js';
import { Card, Copy, Empty, Fresh, State, bytes, count, decimal, el, jobColour, jobNumber, plural, seconds } from './ui.js';

const SHOWN = 200;

export function Workers() {
  const stream = useStream('workers');
  const [text, setText] = useState('');
  const data = stream.data;
  const all = data?.workers || [];
  const found = all.filter((one) => (one.id + one.host + one.release + one.state + one.trouble).toLowerCase().includes(text.toLowerCase()));
  const median = middle(all.filter((one) => one.live && one.tasksPerSecond > 0).map((one) => one.tasksPerSecond / one.cores));
  const releases = new Set(all.map((one) => one.release));
  return el.div(
    {},
    el.h1({}, 'Workers'),
    el.form({ class: 'filter', role: 'search', onSubmit: (event) => event.preventDefault() }, el.input({ type: 'search', 'aria-label': 'Find workers', placeholder: 'id, host, state, release', value: text, onInput: (event) => setText(event.target.value) })),
    h(
      Fresh,
      { stream },
      data &&
        h(
          Card,
          {
            title: plural(found.length, 'worker', 'workers'),
            wide: true,
            hint: [found.length > SHOWN && `the first ${SHOWN} shown; search finds the others`, data.omitted > 0 && `${count(data.omitted)} more are not kept`, releases.size > 1 && `${releases.size} releases mixed: ${[...releases].join(', ')}`].filter(Boolean).join('; '),
          },
          found.length
            ? el.ul({ class: 'workers' }, found.slice(0, SHOWN).map((one) => h(Worker, { key: one.id, one, median })))
            : h(Empty, { title: all.length ? 'No worker matches.' : 'No worker is there.' }, !all.length && el.p({}, 'Start one: ', h(Copy, { text: 'millrace worker' }))),
        ),
    ),
  );
}

function middle(numbers) {
  const sorted = numbers.sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] || 0;
}

function Worker({ one, median }) {
  const slow = one.live && median > 0 && one.busy === one.cores && one.tasksPerSecond / one.cores < median / 1.5;
  const heap = one.heapMax ? Math.round((100 * one.heapUsed) / one.heapMax) : 0;
  const squares = Math.min(one.cores, 128);
  return el.li(
    { class: one.live ? '' : 'gone' },
    el.div({ class: 'job-line' }, el.strong({ class: 'id' }, one.id), h(State, { state: one.live ? one.state : 'silent' }), slow && el.span({ class: 'state waiting', title: 'less than two thirds of the median rate of a core' }, 'slow')),
    el.div(
      { class: 'squares', role: 'img', 'aria-label': `${one.busy} of ${one.cores} cores compute` },
      Array.from({ length: squares }, (_, i) => el.i({ key: i, class: one.live && one.computing[i] ? 'on' : '', title: one.computing[i] || 'idle', style: one.live && one.computing[i] ? { background: jobColour(jobNumber(one.computing[i])) } : {} })),
      one.cores > squares && el.span({ class: 'hint' }, `+${one.cores - squares}`),
    ),
    !one.live && el.p({ class: 'notice stale' }, one.silent >= 0 ? `not heard of for ${seconds(one.silent)}` : 'not heard of since the console listens'),
    one.trouble && el.p({ class: 'notice error' }, one.trouble),
    el.dl(
      { class: 'facts' },
      [
        ['cores', `${count(one.busy)} of ${count(one.cores)} busy`],
        ['tasks', `${decimal(one.tasksPerSecond)}/s, ${count(one.tasks)} in all`],
        ['in hand', count(one.holds)],
        ['heap', `${bytes(one.heapUsed)} of ${bytes(one.heapMax)} (${heap} %)`],
        ['memory', bytes(one.resident)],
        ['up', seconds(Math.max(0, Date.now() - one.started) / 1000)],
        ['where', `${one.host}, process ${one.pid}`],
        ['release', one.release],
      ].map(([name, value]) => [el.dt({}, name), el.dd({}, value)]),
    ),
  );
}
