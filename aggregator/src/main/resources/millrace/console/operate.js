// Changing things: the token, the dry run, and only then the change.
import { h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, post, token } from './api.js';
import { Command, Dialog, count, el, plural, seconds } from './ui.js';

const VERBS = { cancel: 'Cancel', pause: 'Pause', resume: 'Resume', priority: 'Set priority of', replay: 'Replay', remove: 'Remove' };

function Token({ onGiven }) {
  const [text, set] = useState('');
  return el.form(
    {
      class: 'form',
      onSubmit: (event) => {
        event.preventDefault();
        token.set(text.trim());
        onGiven();
      },
    },
    el.p({}, 'Changing anything takes the operator’s token: the setting aggregator.console-token, or what millrace up prints. This tab keeps it until it is closed.'),
    el.label({}, 'Token', el.input({ type: 'password', autocomplete: 'off', required: true, value: text, onInput: (event) => set(event.target.value) })),
    el.button({ type: 'submit', disabled: !text.trim() }, 'Use it'),
  );
}

const filterWords = (filter) =>
  filter.ids || [filter.states && 'state ' + filter.states, filter.kernel && 'kernel ' + filter.kernel, filter.text && `“${filter.text}”`].filter(Boolean).join(', ') || 'all jobs';

/// Asks for the dry run, shows it, and does it when that is confirmed.
export function Operate({ action, filter, onClose }) {
  const [has, setHas] = useState(Boolean(token.get()));
  const [plan, setPlan] = useState(null);
  const [error, setError] = useState('');
  const [done, setDone] = useState(null);
  const [reason, setReason] = useState('');
  const [rate, setRate] = useState(action === 'replay' ? 2 : 50);
  const [priority, setPriority] = useState(0);
  const body = (dryRun) => ({ action, filter, reason, rate, priority, dryRun, expected: plan?.eligible });
  useEffect(() => {
    if (!has) return;
    setPlan(null);
    setError('');
    post('/api/v1/operations', body(true)).then(setPlan, (e) => {
      setError(e.message);
      if (/token is missing or wrong/.test(e.message)) {
        token.set('');
        setHas(false);
      }
    });
  }, [has, rate, priority]);
  const begin = (event) => {
    event.preventDefault();
    setError('');
    post('/api/v1/operations', body(false)).then(setDone, (e) => setError(e.message));
  };
  const single = filter.ids && !filter.ids.includes(',');
  return h(
    Dialog,
    { title: `${VERBS[action]} ${single ? filter.ids : 'jobs'}`, onClose },
    error && el.div({ class: 'notice error', role: 'alert' }, error),
    !has && h(Token, { onGiven: () => setHas(true) }),
    has && done && el.div({ class: 'notice good', role: 'status' }, `Begun: ${plural(done.orders, 'order', 'orders')}. Its progress is shown on the page.`),
    has && !done &&
      el.form(
        { class: 'form', onSubmit: begin },
        el.p({}, 'For: ', el.strong({}, filterWords(filter))),
        action === 'priority' && el.label({}, 'Priority, −10 to 10', el.input({ type: 'number', min: -10, max: 10, value: priority, onInput: (event) => setPriority(Number(event.target.value)) })),
        !single && el.label({}, 'Jobs a second', el.input({ type: 'number', min: 0.1, max: 1000, step: 'any', value: rate, onChange: (event) => setRate(Number(event.target.value) || 1) })),
        el.label({}, 'Reason, for the audit log', el.input({ type: 'text', maxLength: 200, value: reason, onInput: (event) => setReason(event.target.value) })),
        plan
          ? el.div(
              { class: 'plan', role: 'status' },
              el.p({}, el.strong({}, `Dry run: ${plural(plan.eligible, 'job', 'jobs')}`), single ? '' : `, in ${seconds(plan.seconds)}`, plan.refused ? `; ${count(plan.refused)} do not fit` : ''),
              plan.jobs.length > 0 && !single && el.ul({}, plan.jobs.map((id) => el.li({ key: id }, id)), plan.eligible > plan.jobs.length && el.li({}, `and ${count(plan.eligible - plan.jobs.length)} more`)),
              plan.why.length > 0 && el.ul({ class: 'hint' }, plan.why.slice(0, 5).map((one) => el.li({ key: one.job }, `${one.job}: ${one.why}`))),
            )
          : !error && el.div({ class: 'loading' }, el.span({ class: 'spinner' }), 'Trying it out …'),
        single && action !== 'priority' && h(Command, {}, `millrace ${action === 'remove' ? 'rm' : action} ${filter.ids}`),
        el.button({ type: 'submit', class: action === 'cancel' || action === 'remove' ? 'danger' : '', disabled: !plan || !plan.eligible }, plan ? `${VERBS[action]} ${plural(plan.eligible, 'job', 'jobs')}` : VERBS[action]),
      ),
  );
}

/// What has been begun lately, as far as it is.
export function Running({ operations }) {
  if (!operations?.length) return null;
  return el.ul(
    { class: 'operations', 'aria-label': 'Operations' },
    operations.slice(0, 3).map((one) =>
      el.li({ key: one.operation }, el.strong({}, one.what), ` – ${one.sent} of ${one.orders} sent`, one.failed ? `, ${one.failed} failed: ${one.trouble}` : '', one.ended ? ', done' : ' …'),
    ),
  );
}

/// A form made from what kernels say of themselves.
export function Submit({ onClose }) {
  const [kernels, setKernels] = useState(null);
  const [kernel, setKernel] = useState('');
  const [values, setValues] = useState({});
  const [has, setHas] = useState(Boolean(token.get()));
  const [error, setError] = useState('');
  useEffect(() => {
    get('/api/v1/kernels').then(
      (page) => {
        setKernels(page.kernels);
        setKernel(page.kernels[0]?.name || '');
      },
      (e) => setError(e.message),
    );
  }, []);
  const type = kernels?.find((one) => one.name === kernel);
  const send = (event) => {
    event.preventDefault();
    setError('');
    post('/api/v1/submit', { kernel, parameters: values }).then(
      (result) => {
        onClose();
        location.hash = '/jobs/' + encodeURIComponent(result.job);
      },
      (e) => {
        setError(e.message);
        if (/token is missing or wrong/.test(e.message)) {
          token.set('');
          setHas(false);
        }
      },
    );
  };
  const command = type && ['millrace submit', kernel, ...Object.entries(values).filter(([, v]) => v !== '').map(([name, v]) => `--${name} ${v}`)].join(' ');
  return h(
    Dialog,
    { title: 'Submit a job', onClose },
    error && el.div({ class: 'notice error', role: 'alert' }, error),
    !has && h(Token, { onGiven: () => setHas(true) }),
    has && !type && !error && el.div({ class: 'loading' }, el.span({ class: 'spinner' }), 'Loading the kernels …'),
    has && type &&
      el.form(
        { class: 'form', onSubmit: send },
        el.label({}, 'Kernel', el.select({ name: 'kernel', value: kernel, onChange: (event) => { setKernel(event.target.value); setValues({}); } }, kernels.map((one) => el.option({ key: one.name, value: one.name }, one.name)))),
        el.p({ class: 'hint' }, type.summary, ' An item is ', type.item, '.'),
        type.parameters.some((one) => one.blob) && el.p({ class: 'hint' }, 'Files are given on the command line, which sends them.'),
        el.div(
          { class: 'fields' },
          type.parameters.filter((one) => !one.blob).map((one) =>
            el.label(
              { key: kernel + one.name },
              one.name, one.unit && ` (${one.unit})`,
              el.input({ name: one.name, type: 'text', value: values[one.name] || '', placeholder: one.byDefault ?? '', required: one.byDefault == null, onInput: (event) => setValues({ ...values, [one.name]: event.target.value }) }),
              el.small({}, one.help, one.allowed ? `; ${one.allowed}` : ''),
            ),
          ),
        ),
        h(Command, {}, command),
        el.button({ type: 'submit' }, 'Submit'),
      ),
  );
}
