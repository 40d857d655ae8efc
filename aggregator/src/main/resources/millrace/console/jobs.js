// All jobs: found by state, kernel and text, and acted on together.
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { useStream } from './api.js';
import { Operate, Running, Submit } from './operate.js';
import { Bar, Card, Empty, Fresh, State, count, decimal, el, eta, percent, plural, seconds, when } from './ui.js';

const STATES = ['running', 'waiting', 'paused', 'succeeded', 'partial', 'failed', 'cancelled', 'expired'];

export function Jobs({ params, go }) {
  const filter = { states: params.states || '', kernel: params.kernel || '', text: params.text || '' };
  const stream = useStream('jobs', filter);
  const [action, setAction] = useState(null);
  const [submitting, setSubmitting] = useState(false);
  const set = (change) => go('jobs', { ...filter, ...change });
  const toggle = (state) => {
    const states = new Set(filter.states.split(',').filter(Boolean));
    states.has(state) ? states.delete(state) : states.add(state);
    set({ states: [...states].join(',') });
  };
  const data = stream.data;
  return el.div(
    {},
    el.div({ class: 'title' }, el.h1({}, 'Jobs'), el.button({ type: 'button', onClick: () => setSubmitting(true) }, 'Submit a job')),
    el.form(
      { class: 'filter', role: 'search', onSubmit: (event) => event.preventDefault() },
      el.input({ type: 'search', 'aria-label': 'Find jobs by id, parameter, label or reason', placeholder: 'id, parameter, label, reason', value: filter.text, onInput: (event) => set({ text: event.target.value }) }),
      el.select({ 'aria-label': 'Kernel', value: filter.kernel, onChange: (event) => set({ kernel: event.target.value }) }, el.option({ value: '' }, 'every kernel'), Object.keys(data?.kernels || {}).map((name) => el.option({ key: name, value: name }, name))),
      el.div(
        { class: 'chips', role: 'group', 'aria-label': 'States' },
        STATES.map((state) =>
          el.button({ key: state, type: 'button', class: 'chip', 'aria-pressed': filter.states.split(',').includes(state), onClick: () => toggle(state) }, state, el.span({ class: 'number' }, count(data?.states[state] || 0))),
        ),
      ),
    ),
    h(Fresh, { stream }, data && h(Table, { data, filter, act: setAction })),
    action && h(Operate, { action, filter, onClose: () => setAction(null) }),
    submitting && h(Submit, { onClose: () => setSubmitting(false) }),
  );
}

function Table({ data, filter, act }) {
  return h(
    Card,
    {
      title: plural(data.matching, 'job', 'jobs'),
      wide: true,
      hint: [
        data.matching < data.known && `of ${count(data.known)}`,
        data.matching > data.jobs.length && `the first ${count(data.jobs.length)} shown`,
        data.omitted > 0 && `${count(data.omitted)} older ones are not kept here; the command line has them`,
      ].filter(Boolean).join('; '),
      actions:
        data.matching > 0 &&
        el.span({ class: 'buttons', role: 'group', 'aria-label': `With all ${data.matching} that match` }, el.span({ class: 'hint' }, `with all ${count(data.matching)}:`), ['cancel', 'pause', 'resume', 'priority', 'replay', 'remove'].map((name) => el.button({ key: name, type: 'button', class: 'quiet', onClick: () => act(name) }, name))),
    },
    h(Running, { operations: data.operations }),
    data.jobs.length
      ? el.div(
          { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Jobs' },
          el.table(
            {},
            el.thead({}, el.tr({}, ['Job', 'State', 'Progress', 'Items', 'Items/s', 'Left', 'Failures', 'Submitted', 'Took'].map((name) => el.th({ key: name, scope: 'col' }, name)))),
            el.tbody(
              {},
              data.jobs.map((job) =>
                el.tr(
                  { key: job.id },
                  el.th({ scope: 'row' }, el.a({ href: '#/jobs/' + encodeURIComponent(job.id) }, job.id), el.small({}, job.kernel)),
                  el.td({}, h(State, { state: job.state }), job.reason && el.small({}, job.reason)),
                  el.td({ class: 'progress' }, h(Bar, { job }), el.small({}, percent(job))),
                  el.td({ class: 'number' }, count(job.items)),
                  el.td({ class: 'number' }, job.ended ? '–' : decimal(job.rate)),
                  el.td({}, job.ended ? '–' : eta(job.eta)),
                  el.td({ class: 'number' }, count(job.failures)),
                  el.td({}, when(job.submitted)),
                  el.td({}, job.ended ? seconds(Math.max(0, job.ended - job.submitted) / 1000) : '–'),
                ),
              ),
            ),
          ),
        )
      : h(Empty, { title: filter.text || filter.kernel || filter.states ? 'No job matches.' : 'No job has been submitted.' }),
  );
}
