// One job: how far, how long, what is in hand, what failed, what came out so far.
import { h } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { get, useStream } from './api.js';
import { Chart } from './chart.js';
import { TaskMap } from './map.js';
import { Operate } from './operate.js';
import { Bar, Card, Command, Dialog, Empty, Fresh, State, bytes, count, decimal, el, eta, items, percent, plural, seconds, when } from './ui.js';

export function JobPage({ id }) {
  const stream = useStream('job', { id });
  const [action, setAction] = useState(null);
  const job = stream.data;
  const doable = job?.state ? (job.ended ? ['replay', 'remove'] : [job.state === 'paused' ? 'resume' : 'pause', 'priority', 'cancel']) : [];
  return el.div(
    {},
    el.p({ class: 'crumb' }, el.a({ href: '#/jobs' }, 'Jobs')),
    el.div(
      { class: 'title' },
      el.h1({}, id, job?.state && h(State, { state: job.state })),
      el.span({ class: 'buttons' }, doable.map((name) => el.button({ key: name, type: 'button', class: name === 'cancel' ? 'danger' : 'quiet', onClick: () => setAction(name) }, name))),
    ),
    h(
      Fresh,
      { stream },
      job &&
        (job.missing
          ? h(Empty, { title: 'No job of this id is known.' }, 'It was removed, it is older than what the console keeps, or it was never submitted.')
          : h(Body, { job })),
    ),
    action && h(Operate, { action, filter: { ids: id }, onClose: () => setAction(null) }),
  );
}

function Body({ job }) {
  const [task, setTask] = useState(null);
  const change = `${job.done} ${job.dead} ${job.inHand} ${job.state}`;
  return el.div(
    { class: 'grid' },
    h(Progress, { job }),
    h(Facts, { job }),
    h(TaskMap, { job, change, onOpen: (first, end, state) => setTask({ first, end, state }) }),
    job.live && h(Live, { job, change }),
    h(Times, { job }),
    !job.ended && h(Holdings, { job }),
    h(Memory, { job, wide: Boolean(job.live) === Boolean(job.ended) }),
    h(Failures, { causes: job.causes, letters: job.deadLetters }),
    h(Report, { job }),
    task && h(Task, { job, task, onClose: () => setTask(null) }),
  );
}

function Progress({ job }) {
  const times = useMemo(() => job.course.map((point) => point[0] / 1000), [job.course]);
  const left = job.coreSecondsLeft;
  return h(
    Card,
    { title: 'Progress' },
    el.div({ class: 'big' }, percent(job), job.reason && el.small({}, job.reason)),
    h(Bar, { job }),
    el.dl(
      { class: 'facts' },
      pair('done', `${count(job.done)} of ${count(job.items)}`),
      job.dead > 0 && pair('given up', count(job.dead)),
      !job.ended && pair('in hand', count(job.inHand)),
      !job.ended && pair('items a second', decimal(job.rate)),
      !job.ended && pair('time left', eta(job.eta)),
      !job.ended && pair('work left', left == null ? 'not known yet' : seconds(left) + ' of cores'),
      job.ended && pair('took', seconds(Math.max(0, job.ended - job.submitted) / 1000)),
    ),
    times.length > 2 && h(Chart, { times, height: 130, label: `items done over time, now ${count(job.done)}`, format: decimal, series: [{ label: 'items/s', values: job.course.map((point) => point[2]), colour: 'accent', fill: true }] }),
  );
}

const pair = (name, value) => [el.dt({}, name), el.dd({}, value)];

function Facts({ job }) {
  return h(
    Card,
    { title: 'What it is' },
    el.dl(
      { class: 'facts' },
      pair('kernel', job.kernel),
      Object.entries(job.parameters).map(([name, value]) => pair(name, value === '' ? '–' : value)),
      pair('joined by', job.join),
      pair('attempts allowed', job.maxAttempts),
      pair('priority', job.priority),
      Object.entries(job.labels).map(([name, value]) => pair('label ' + name, value)),
      job.parent && pair('goes on from', el.a({ href: '#/jobs/' + encodeURIComponent(job.parent) }, job.parent)),
      pair('submitted', when(job.submitted)),
      job.ended && pair('ended', when(job.ended)),
    ),
  );
}

function Live({ job, change }) {
  return job.live === 'picture' ? h(Picture, { job, change }) : h(Estimate, { job, change });
}

function Picture({ job }) {
  const [turn, setTurn] = useState(0);
  const [failed, setFailed] = useState(false);
  // Not with every record: once a second, and for a while after the end, until all rows have been read.
  useEffect(() => {
    let turns = 0;
    const timer = setInterval(() => {
      if (!job.ended || turns++ < 4) setTurn((now) => now + 1);
    }, 1000);
    return () => clearInterval(timer);
  }, [job.ended]);
  return h(
    Card,
    { title: job.ended ? 'Picture' : 'Picture so far', hint: 'made smaller; what is missing is blank' },
    failed
      ? h(Empty, { title: 'The picture cannot be shown.' })
      : el.img({ class: 'picture', alt: `The output so far: ${percent(job)} of its rows`, src: `/api/v1/jobs/${encodeURIComponent(job.id)}/picture?turn=${turn}`, onError: () => setFailed(true), onLoad: () => setFailed(false) }),
  );
}

function Estimate({ job, change }) {
  const [now, setNow] = useState(null);
  const [course, setCourse] = useState([]);
  useEffect(() => {
    const ask = () =>
      get(`/api/v1/jobs/${encodeURIComponent(job.id)}/picture`).then(
        (found) => {
          setNow(found);
          if (found.price?.mean != null) {
            setCourse((before) => (before.at(-1)?.paths === found.paths ? before : [...before.slice(-240), { paths: found.paths, ...found.price }]));
          }
        },
        () => {},
      );
    ask();
    const timer = setTimeout(ask, 900);
    return () => clearTimeout(timer);
  }, [job.id, change]);
  const row = (name, one) => one && el.tr({}, el.th({ scope: 'row' }, name), el.td({ class: 'number' }, one.mean?.toFixed(6) ?? '–'), el.td({ class: 'number' }, one.error == null ? '–' : '± ' + (1.96 * one.error).toFixed(6)));
  return h(
    Card,
    { title: job.ended ? 'Estimate' : 'Estimate so far', hint: '± is 95 % of the error' },
    now?.price
      ? el.div(
          {},
          el.table({}, el.thead({}, el.tr({}, el.th({ scope: 'col' }, ''), el.th({ scope: 'col' }, 'estimate'), el.th({ scope: 'col' }, 'error'))), el.tbody({}, row('price', now.price), row('delta', now.delta), row('vega', now.vega))),
          el.p({ class: 'hint' }, plural(now.paths, 'path', 'paths'), now.exact != null && `; by formula the price is ${now.exact.toFixed(6)}`),
          course.length > 1 &&
            h(Chart, {
              times: course.map((_, i) => i),
              height: 130,
              label: `the error band is now ± ${(1.96 * now.price.error).toFixed(6)} wide`,
              format: (v) => v.toPrecision(3),
              series: [{ label: 'error band', values: course.map((one) => 1.96 * one.error), colour: 'accent', fill: true }],
            }),
        )
      : h(Empty, { title: 'No path has been counted yet.' }),
  );
}

function Times({ job }) {
  const { counts, edges, within } = job.tally.times;
  const most = Math.max(1, ...counts);
  return h(
    Card,
    { title: 'Time of a task' },
    counts.length
      ? el.div(
          {},
          el.div(
            { class: 'histogram', role: 'img', 'aria-label': `Half of the tasks took up to ${seconds(within[50])}, 99 of 100 up to ${seconds(within[99])}` },
            counts.map((n, i) => el.span({ key: i, title: `${seconds(edges[i])} – ${seconds(edges[i + 1])}: ${count(n)}`, style: { height: Math.max(n ? 3 : 0, (100 * n) / most) + '%' } })),
          ),
          el.div({ class: 'axis', 'aria-hidden': true }, el.span({}, seconds(edges[0])), el.span({}, seconds(edges.at(-1)))),
          el.dl({ class: 'facts' }, Object.entries(within).map(([percent, time]) => pair(`${percent} % within`, seconds(time)))),
        )
      : h(Empty, { title: 'No task has been counted yet.' }),
  );
}

const POINTS = 120;
const MIB = 1 << 20;

// What the job's workers had in use at each time, MiB: the most of any, and half of them. The ending tells it for each
// worker; before, it is what the console has seen.
function overTime(memory) {
  const sampled = memory.workers.filter((one) => one.step > 0 && one.resident.length);
  if (!sampled.length) {
    const mebibytes = (all) => all.map((one) => (one > 0 ? one / MIB : null));
    return { times: memory.at.map((at) => at / 1000), most: mebibytes(memory.resident), heap: mebibytes(memory.heap) };
  }
  const from = Math.min(...sampled.map((one) => one.from));
  const to = Math.max(...sampled.map((one) => one.from + one.step * one.resident.length));
  const step = Math.max((to - from) / POINTS, Math.min(...sampled.map((one) => one.step)));
  const at = (one, name, time) => one[name][Math.floor((time - one.from) / one.step)] || null;
  const found = { times: [], most: [], half: [], heap: [] };
  for (let time = from; time < to; time += step) {
    const resident = sampled.map((one) => at(one, 'resident', time)).filter(Boolean).sort((a, b) => a - b);
    const heap = sampled.map((one) => at(one, 'heap', time)).filter(Boolean);
    found.times.push(time / 1000);
    found.most.push(resident.at(-1) ?? null);
    found.half.push(resident[Math.floor((resident.length - 1) / 2)] ?? null);
    found.heap.push(heap.length ? Math.max(...heap) : null);
  }
  return found;
}

// In two columns, whichever of the cards before it are there.
function Memory({ job, wide }) {
  const { workers, omitted } = job.memory;
  const course = useMemo(() => overTime(job.memory), [job.memory]);
  return h(
    Card,
    { title: 'Memory over time', wide, hint: omitted > 0 ? `the ${workers.length} workers with the most, ${count(omitted)} more are not shown` : 'of its workers, the most of any' },
    course.times.length > 1
      ? h(Chart, {
          times: course.times,
          height: 150,
          unit: 'MiB',
          label: `the most resident memory of a worker: ${decimal(Math.max(...course.most))} MiB`,
          format: decimal,
          series: [
            { label: 'resident', values: course.most, colour: 'job-1' },
            workers.length > 2 && { label: 'resident, half of them', values: course.half, colour: 'job-2' },
            { label: 'heap', values: course.heap, colour: 'accent', fill: true },
          ].filter(Boolean),
        })
      : !workers.length && h(Empty, { title: job.ended ? 'Nothing was seen of it.' : 'Nothing has been seen of it yet.' }),
    workers.length > 0 &&
      el.div(
        { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Workers of this job' },
        el.table(
          {},
          el.thead({}, el.tr({}, ['Worker', 'Tasks', 'CPU time', 'Heap, peak', 'Resident, peak'].map((name) => el.th({ key: name, scope: 'col' }, name)))),
          el.tbody({}, workers.map((one) => el.tr({ key: one.id }, el.th({ scope: 'row' }, one.id), el.td({ class: 'number' }, count(one.tasks)), el.td({ class: 'number' }, seconds(one.cpuSeconds)), el.td({ class: 'number' }, bytes(one.heapPeak)), el.td({ class: 'number' }, one.residentPeak > 0 ? bytes(one.residentPeak) : 'not known')))),
        ),
      ),
  );
}

function Holdings({ job }) {
  return h(
    Card,
    { title: 'In hand', hint: 'the longest held first: stragglers' },
    job.holdings.length
      ? el.div(
          { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Tasks in hand' },
          el.table(
            {},
            el.thead({}, el.tr({}, ['Items', 'Worker', 'Held', 'Emission'].map((name) => el.th({ key: name, scope: 'col' }, name)))),
            el.tbody({}, job.holdings.map((one) => el.tr({ key: one.first + one.worker }, el.th({ scope: 'row' }, items(one.first, one.end)), el.td({}, one.worker, !one.live && el.small({}, 'not heard of')), el.td({}, seconds(one.millis / 1000), el.small({}, one.computing ? 'computing' : 'waits for a core')), el.td({ class: 'number' }, one.emission)))),
          ),
        )
      : h(Empty, { title: job.ended ? 'The job has ended.' : 'No worker holds a task of this job.' }),
  );
}

export function Failures({ causes, letters, title = 'Failures by cause', link }) {
  return h(
    Card,
    { title, wide: true, hint: letters ? plural(letters, 'dead letter', 'dead letters') : '' },
    causes.length
      ? el.ul(
          { class: 'causes' },
          causes.map((cause, i) =>
            el.li(
              { key: i },
              el.div({ class: 'cause-head' }, el.span({ class: 'state failed' }, cause.kind.toLowerCase().replaceAll('_', ' ')), el.strong({}, cause.message || '(no message)'), el.span({ class: 'number' }, plural(cause.failures, 'failure', 'failures'))),
              el.div({ class: 'hint' }, 'first: ', items(cause.first, cause.end), cause.worker && ` at ${cause.worker}`, cause.workers > 1 && ` and ${cause.workers - 1} other workers`, link && [' in ', el.a({ href: '#/jobs/' + encodeURIComponent(cause.job) }, cause.job), cause.jobs > 1 && ` and ${cause.jobs - 1} other jobs`]),
              cause.stack && el.details({}, el.summary({}, 'Where'), el.pre({ tabIndex: 0 }, cause.stack)),
            ),
          ),
        )
      : h(Empty, { title: 'Nothing has failed.' }),
  );
}

function Report({ job }) {
  const t = job.tally;
  const span = t.lastMillis > t.firstMillis ? (t.lastMillis - t.firstMillis) / 1000 : null;
  return h(
    Card,
    { title: 'Report', wide: true },
    el.dl(
      { class: 'facts columns' },
      pair('tasks counted', count(t.tasks)),
      pair('attempts', count(t.attempts)),
      pair('failures', count(t.failures)),
      pair('handed back', count(t.handedBack)),
      pair('delivered again', count(t.redeliveries)),
      pair('copies of stragglers', count(t.copies)),
      pair('duplicates', count(t.duplicates)),
      pair('workers', count(t.workers)),
      pair('CPU time', seconds(t.cpuSeconds)),
      pair('CPU time wasted', seconds(t.wastedSeconds)),
      pair('waited in workers', seconds(t.queueSeconds)),
      pair('cores used, mean', span ? decimal(t.wallSeconds / span) : '–'),
      pair('memory allocated', bytes(t.allocatedBytes)),
      pair('bytes of values', bytes(t.valueBytes)),
      job.outputBytes >= 0 && pair('bytes of output', bytes(job.outputBytes)),
    ),
    job.digest && el.p({ class: 'digest' }, 'SHA-256 of the output: ', el.code({}, job.digest)),
    h(Command, {}, job.ended ? `millrace output ${job.id}` : `millrace watch ${job.id}`),
  );
}

function Task({ job, task, onClose }) {
  const holders = job.holdings.filter((one) => one.first < task.end && task.first < one.end);
  const causes = job.causes.filter((one) => one.first < task.end && task.first < one.end);
  return h(
    Dialog,
    { title: items(task.first, task.end), onClose },
    el.dl({ class: 'facts' }, pair('state', task.state), pair('held by', holders.length ? holders.map((one) => `${one.worker} for ${seconds(one.millis / 1000)}`).join(', ') : 'nobody now')),
    causes.map((cause, i) => el.div({ key: i, class: 'notice error' }, el.strong({}, cause.kind.toLowerCase()), ': ', cause.message, cause.stack && el.pre({ tabIndex: 0 }, cause.stack))),
    h(Command, {}, `millrace submit ${job.kernel.split('@')[0]} ${Object.entries(job.parameters).filter(([, value]) => value !== '').map(([name, value]) => `--${name} ${value}`).join(' ')} --items ${task.first}..${task.end}`),
  );
}
