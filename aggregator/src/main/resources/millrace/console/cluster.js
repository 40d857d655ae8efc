// What `millrace doctor` checks, and who changed what.
import { h } from 'preact';
import { useStream } from './api.js';
import { Card, Command, Empty, Fresh, clock, el, when } from './ui.js';

export function Cluster() {
  const stream = useStream('cluster');
  const data = stream.data;
  const findings = data?.findings;
  const wrong = findings?.filter((one) => one.problem).length;
  return el.div(
    {},
    el.h1({}, 'Cluster'),
    h(
      Fresh,
      { stream },
      data &&
        el.div(
          { class: 'grid' },
          h(
            Card,
            { title: `Fleet ${data.fleet} at ${data.servers}`, wide: true, hint: data.at ? `looked at ${clock(data.at)}` : '' },
            data.trouble && el.div({ class: 'notice error', role: 'alert' }, data.trouble, data.at ? ' What follows is older.' : ''),
            findings
              ? el.div(
                  {},
                  el.p({}, wrong ? el.strong({ class: 'bad' }, `${wrong} of ${findings.length} unfit`) : el.strong({ class: 'good' }, 'All is fit.')),
                  el.ul({ class: 'findings' }, findings.map((one) => el.li({ key: one.what + one.problem }, el.span({ class: 'state ' + (one.problem ? 'failed' : 'succeeded') }, one.problem ? 'unfit' : 'ok'), el.span({}, one.what, one.problem && ': ' + one.problem, one.fix && el.small({}, one.fix))))),
                )
              : !data.trouble && el.div({ class: 'loading', role: 'status' }, el.span({ class: 'spinner' }), 'Looking at the cluster …'),
            h(Command, {}, 'millrace doctor'),
          ),
          h(
            Card,
            { title: 'Changes made here', wide: true, hint: data.changes ? 'the latest hundred since this process runs; its log has all' : 'this console has no token: nothing can be changed' },
            data.audit.length
              ? el.div(
                  { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Changes' },
                  el.table({}, el.thead({}, el.tr({}, ['When', 'What', 'Reason', 'Outcome', 'From'].map((name) => el.th({ key: name, scope: 'col' }, name)))), el.tbody({}, data.audit.map((one, i) => el.tr({ key: i }, el.td({}, when(one.at)), el.th({ scope: 'row' }, one.what), el.td({}, one.reason || '–'), el.td({}, one.outcome), el.td({}, one.from))))),
                )
              : h(Empty, { title: 'Nothing has been changed.' }),
          ),
        ),
    ),
  );
}
