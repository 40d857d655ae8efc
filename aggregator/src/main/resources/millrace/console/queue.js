// How much work is left, and what more or fewer cores would make of it.
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { useStream } from './api.js';
import { Bar, Card, Copy, Empty, Fresh, State, Tile, count, el, plural, seconds } from './ui.js';

export function Queue() {
  const stream = useStream('queue');
  return el.div({}, el.h1({}, 'Queue & scaling'), h(Fresh, { stream }, stream.data && h(Body, { data: stream.data })));
}

function Body({ data }) {
  const fleet = data.fleet;
  const [wanted, setWanted] = useState(0);
  const cores = wanted || fleet.cores || 1;
  const work = fleet.coreSecondsLeft;
  const unknown = fleet.jobsOfUnknownCost;
  return el.div(
    {},
    el.dl(
      { class: 'tiles' },
      h(Tile, { label: 'Work left', value: seconds(work) + (work ? ' of cores' : ''), note: unknown ? `and ${plural(unknown, 'job', 'jobs')} of unknown cost` : 'all costs are known' }),
      h(Tile, { label: 'Cores', value: count(fleet.cores), note: `${count(fleet.busy)} busy`, tone: fleet.cores ? '' : 'bad' }),
      h(Tile, { label: 'Done in', value: fleet.cores ? seconds(work / fleet.cores) : 'never', note: 'at what is there now', tone: work && !fleet.cores ? 'bad' : '' }),
      h(Tile, { label: 'Open jobs', value: count(data.open) }),
    ),
    el.div(
      { class: 'grid' },
      h(
        Card,
        { title: 'What if' },
        el.label({ class: 'slider' }, `With ${plural(cores, 'core', 'cores')}`, el.input({ type: 'range', min: 1, max: Math.max(64, 4 * fleet.cores), value: cores, 'aria-valuetext': plural(cores, 'core', 'cores'), onInput: (event) => setWanted(Number(event.target.value)) })),
        el.p({ class: 'big' }, work ? seconds(work / cores) : 'nothing to do', el.small({}, work ? ` ${seconds(work)} of cores ÷ ${count(cores)}` : '')),
        el.p({ class: 'hint' }, 'As if every job could use every core to its end; costs are what items have cost so far.'),
        el.p({}, h(Copy, { text: `docker compose up --scale worker=${Math.max(1, Math.ceil(cores / Math.max(1, fleet.workers ? fleet.cores / fleet.workers : 1)))}` })),
      ),
      h(
        Card,
        { title: 'By kernel' },
        data.kernels.length
          ? el.div(
              { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Work by kernel' },
              el.table(
                {},
                el.thead({}, el.tr({}, ['Kernel', 'Jobs', 'Items left', 'Work left', 'Workers that offer it'].map((name) => el.th({ key: name, scope: 'col' }, name)))),
                el.tbody({}, data.kernels.map((one) => el.tr({ key: one.kernel }, el.th({ scope: 'row' }, one.kernel), el.td({ class: 'number' }, count(one.jobs)), el.td({ class: 'number' }, count(one.items)), el.td({}, seconds(one.coreSeconds), one.unknown > 0 && el.small({}, `and ${one.unknown} not known`)), el.td({ class: one.offered ? 'number' : 'number bad' }, one.offered ? count(one.offered) : 'none')))),
              ),
            )
          : h(Empty, { title: 'No work is waiting.' }),
      ),
      h(
        Card,
        { title: 'By job', wide: true, hint: data.open > data.jobs.length ? `${data.jobs.length} of ${count(data.open)} shown` : '' },
        data.jobs.length
          ? el.ul({ class: 'job-list' }, data.jobs.map((job) => el.li({ key: job.id }, el.div({ class: 'job-line' }, el.a({ href: '#/jobs/' + encodeURIComponent(job.id) }, job.id), h(State, { state: job.state }), el.span({ class: 'number' }, job.coreSecondsLeft == null ? 'cost not known' : seconds(job.coreSecondsLeft) + ' of cores')), h(Bar, { job }))))
          : h(Empty, { title: 'No job is open.' }),
      ),
    ),
  );
}
