// Tasks given up: why, and doing them again.
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { useStream } from './api.js';
import { Failures } from './job.js';
import { Operate, Running } from './operate.js';
import { Card, Empty, Fresh, count, el, items, plural, when } from './ui.js';

export function Letters({ params, go }) {
  const text = params.text || '';
  const stream = useStream('dead-letters', { text });
  const [ids, setIds] = useState(null);
  const data = stream.data;
  const jobs = [...new Set((data?.letters || []).filter((one) => one.known).map((one) => one.job))];
  return el.div(
    {},
    el.h1({}, 'Dead letters'),
    el.form({ class: 'filter', role: 'search', onSubmit: (event) => event.preventDefault() }, el.input({ type: 'search', 'aria-label': 'Find dead letters', placeholder: 'job, kernel, kind, message', value: text, onInput: (event) => go('dead-letters', { text: event.target.value }) })),
    h(
      Fresh,
      { stream },
      data &&
        el.div(
          { class: 'grid' },
          h(Failures, { causes: data.causes, title: 'Causes', link: true }),
          h(
            Card,
            {
              title: plural(data.matching, 'dead letter', 'dead letters'),
              wide: true,
              hint: [data.matching < data.known && `of ${count(data.known)}`, data.matching > data.letters.length && `the newest ${count(data.letters.length)} shown`, data.omitted > 0 && `${count(data.omitted)} older ones are not kept here`].filter(Boolean).join('; '),
              actions: jobs.length > 0 && el.button({ type: 'button', onClick: () => setIds(jobs.join(',')) }, `Replay the ${plural(jobs.length, 'job', 'jobs')}`),
            },
            h(Running, { operations: data.operations }),
            data.letters.length
              ? el.ul(
                  { class: 'causes' },
                  data.letters.map((one) =>
                    el.li(
                      { key: one.job + one.first },
                      el.div({ class: 'cause-head' }, el.a({ href: '#/jobs/' + encodeURIComponent(one.job) }, one.job), el.span({}, items(one.first, one.end)), el.span({ class: 'hint' }, one.kernel, ', ', when(one.at)), one.known && el.button({ type: 'button', class: 'quiet', onClick: () => setIds(one.job) }, 'replay')),
                      el.details(
                        {},
                        el.summary({}, `${plural(one.causes.length, 'attempt', 'attempts')}, the last: ${one.causes.at(-1)?.kind.toLowerCase() || ''} ${one.causes.at(-1)?.message || ''}`),
                        el.ol({}, one.causes.map((cause, i) => el.li({ key: i }, `${cause.kind.toLowerCase()} at ${cause.worker}: ${cause.message}`, cause.stack && el.pre({ tabIndex: 0 }, cause.stack)))),
                      ),
                    ),
                  ),
                )
              : h(Empty, { title: text ? 'No dead letter matches.' : 'There are no dead letters.' }, !text && 'A task ends here when it has failed as often as its job allows, and the job goes on without it.'),
          ),
        ),
    ),
    ids && h(Operate, { action: 'replay', filter: { ids }, onClose: () => setIds(null) }),
  );
}
