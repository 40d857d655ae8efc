// What is the fleet doing right now.
import { h } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { useStream } from './api.js';
import { Chart } from './chart.js';
import { Bar, Canvas, Card, Copy, Empty, Fresh, State, Tile, bytes, clock, colour, count, decimal, el, eta, jobColour, jobNumber, percent, plural, seconds } from './ui.js';

export function Overview() {
  const stream = useStream('overview');
  return el.div({}, el.h1({}, 'Overview'), h(Fresh, { stream }, stream.data && h(Body, { data: stream.data })));
}

function Body({ data }) {
  const fleet = data.fleet;
  const drain = fleet.cores ? fleet.coreSecondsLeft / fleet.cores : null;
  return el.div(
    {},
    el.dl(
      { class: 'tiles' },
      h(Tile, { label: 'Cores busy', value: `${count(fleet.busy)} / ${count(fleet.cores)}`, note: fleet.cores ? Math.round((100 * fleet.busy) / fleet.cores) + ' % used' : 'no worker is there', tone: fleet.cores ? '' : 'bad' }),
      h(Tile, { label: 'Workers', value: count(fleet.workers), note: fleet.silent ? `${count(fleet.silent)} silent` : 'all heard of', tone: fleet.silent ? 'warn' : '' }),
      h(Tile, { label: 'Tasks a second', value: decimal(fleet.tasksPerSecond), note: plural(data.open, 'open job', 'open jobs') }),
      h(Tile, {
        label: 'Work left',
        value: seconds(fleet.coreSecondsLeft) + (fleet.coreSecondsLeft ? ' of cores' : ''),
        note: fleet.jobsOfUnknownCost ? `and ${plural(fleet.jobsOfUnknownCost, 'job', 'jobs')} of unknown cost` : fleet.coreSecondsLeft ? (drain == null ? 'nobody works on it' : 'done in ' + seconds(drain)) : 'nothing waits',
      }),
      h(Tile, { label: 'Dead letters', value: count(fleet.deadLetters), note: `${plural(fleet.failures, 'failure', 'failures')} in open jobs`, tone: fleet.deadLetters ? 'warn' : '' }),
      h(Tile, { label: 'Memory', value: bytes(fleet.resident), note: 'of the workers' }),
    ),
    el.div(
      { class: 'grid' },
      h(FleetStream, { stream: data.stream, at: data.seconds.at.at(-1) }),
      h(Active, { data }),
      h(Lately, { data }),
      h(Events, { data }),
    ),
  );
}

const ROW = 18;
const HATCH = 6;

function FleetStream({ stream, at }) {
  const [point, setPoint] = useState(null);
  const rows = stream.rows;
  const height = Math.max(ROW, rows.length * (rows.length > 24 ? 9 : ROW));
  const rowHeight = height / Math.max(1, rows.length);
  const draw = (pen, width) => {
    const step = width / 60;
    const idle = colour('idle');
    rows.forEach((row, y) => {
      row.used.forEach((used, x) => {
        const left = x * step;
        const top = y * rowHeight;
        if (used < 0) {
          pen.strokeStyle = colour('line');
          pen.beginPath();
          pen.moveTo(left, top + rowHeight - 2);
          pen.lineTo(left + Math.min(HATCH, step), top + 1);
          pen.stroke();
          return;
        }
        pen.fillStyle = idle;
        pen.fillRect(left, top, step - 0.6, rowHeight - 2);
        if (used > 0) {
          const tall = Math.max(2, ((rowHeight - 2) * used) / 100);
          pen.fillStyle = jobColour(row.jobs[x] < 0 ? 0 : jobNumber(stream.jobs[row.jobs[x]]));
          pen.fillRect(left, top + rowHeight - 2 - tall, step - 0.6, tall);
        }
      });
    });
  };
  const said = (x, y, type, width) => {
    const row = rows[Math.min(rows.length - 1, Math.floor(y / rowHeight))];
    const column = Math.min(59, Math.floor((60 * x) / width));
    if (row) setPoint({ row, column });
  };
  const used = rows.length ? Math.round(rows.reduce((sum, row) => sum + Math.max(0, row.used.at(-1)), 0) / rows.length) : 0;
  return h(
    Card,
    { title: 'The last minute', wide: true, hint: rows.length ? `one row for each ${stream.workersPerRow === 1 ? 'worker' : stream.workersPerRow + ' workers'}, one column for each second` : '' },
    rows.length
      ? el.div(
          {},
          h(Canvas, { height, draw, onPoint: said, label: `${plural(stream.workers, 'worker', 'workers')} in ${plural(rows.length, 'row', 'rows')}, cores now ${used} % used. The workers page has the numbers.` }),
          el.div({ class: 'axis', 'aria-hidden': true }, el.span({}, '60 s ago'), el.span({}, '30 s'), el.span({}, at ? 'now' : '')),
          el.div(
            { class: 'legend' },
            stream.jobs.map((id) => el.a({ key: id, href: '#/jobs/' + encodeURIComponent(id) }, el.i({ class: 'swatch', style: { background: jobColour(jobNumber(id)) } }), id)),
            el.span({}, el.i({ class: 'swatch idle' }), 'idle'),
            el.span({}, el.i({ class: 'swatch silent' }), 'not heard of'),
          ),
          el.p({ class: 'hint said' }, point ? `${point.row.name}, ${59 - point.column} s ago: ${point.row.used[point.column] < 0 ? 'not heard of' : point.row.used[point.column] + ' % of its cores, ' + (point.row.jobs[point.column] < 0 ? 'idle' : stream.jobs[point.row.jobs[point.column]])}` : 'Point at a box to read it.'),
        )
      : h(Empty, { title: 'No worker is there.' }, el.p({}, 'Start one: ', h(Copy, { text: 'millrace worker' }))),
  );
}

function Active({ data }) {
  return h(
    Card,
    { title: 'Open jobs', hint: data.open > data.active.length ? `${data.active.length} of ${count(data.open)} shown` : '' },
    data.active.length
      ? el.ul(
          { class: 'job-list' },
          data.active.map((job) =>
            el.li(
              { key: job.id },
              el.div({ class: 'job-line' }, el.a({ href: '#/jobs/' + encodeURIComponent(job.id) }, job.id), h(State, { state: job.state }), el.span({ class: 'number' }, percent(job))),
              h(Bar, { job }),
              el.div({ class: 'hint' }, job.kernel, ' · ', decimal(job.rate), ' items/s · left: ', eta(job.eta)),
            ),
          ),
        )
      : h(
          Empty,
          { title: 'No job is open.' },
          el.p({}, 'Submit one on the ', el.a({ href: '#/jobs' }, 'jobs page'), ', or: '),
          el.p({}, h(Copy, { text: 'millrace run primes --to 1e9' })),
        ),
  );
}

function Lately({ data }) {
  const times = useMemo(() => data.seconds.at.map((at) => at / 1000), [data.seconds.at]);
  return h(
    Card,
    { title: 'Cores over the last ten minutes' },
    times.length > 1
      ? h(Chart, {
          times,
          label: `cores busy now: ${data.seconds.busy.at(-1)} of ${data.seconds.cores.at(-1)}`,
          series: [
            { label: 'busy', values: data.seconds.busy, colour: 'accent', fill: true },
            { label: 'there', values: data.seconds.cores, colour: 'muted' },
          ],
        })
      : h(Empty, { title: 'Nothing yet: the console has just begun to look.' }),
  );
}

function Events({ data }) {
  return h(
    Card,
    { title: 'Lately', wide: true },
    data.events.length
      ? el.ol(
          { class: 'events' },
          data.events.map((event, i) => el.li({ key: event.at + event.subject + i }, el.time({}, clock(event.at)), h(State, { state: event.kind }), el.span({ class: 'subject' }, event.subject), el.span({ class: 'hint' }, event.text))),
        )
      : h(Empty, { title: 'Nothing has happened since the console began to look.' }),
  );
}
