// A job's items as cells: up to a million of them, on one canvas, with a cursor for the keyboard.
import { h } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get } from './api.js';
import { Canvas, Card, Empty, colour, count, el, items } from './ui.js';

const NAMES = ['waiting', 'hand', 'done', 'again', 'dead', 'partly'];

/// @param change anything that says that the job has moved on
export function TaskMap({ job, change, onOpen }) {
  const [map, setMap] = useState(null);
  const [error, setError] = useState('');
  const [cursor, setCursor] = useState(0);
  const busy = useRef(false);
  const again = useRef(false);
  useEffect(() => {
    const ask = () => {
      if (busy.current) {
        again.current = true;
        return;
      }
      busy.current = true;
      get(`/api/v1/jobs/${encodeURIComponent(job.id)}/map`)
        .then((found) => { setMap(found); setError(''); }, (e) => setError(e.message))
        .finally(() => {
          busy.current = false;
          if (again.current) {
            again.current = false;
            setTimeout(ask, 250);
          }
        });
    };
    ask();
  }, [job.id, change]);
  const cells = useMemo(() => {
    if (!map) return null;
    const all = new Uint8Array(map.cells);
    let at = 0;
    for (let i = 0; i < map.runs.length; i += 2) {
      all.fill(map.runs[i], at, at + map.runs[i + 1]);
      at += map.runs[i + 1];
    }
    return all;
  }, [map]);
  const title = 'Task map';
  if (error) return h(Card, { title, wide: true }, el.div({ class: 'notice error', role: 'alert' }, error));
  if (!map) return h(Card, { title, wide: true }, el.div({ class: 'loading', role: 'status' }, el.span({ class: 'spinner' }), 'Loading …'));
  if (!map.cells) return h(Card, { title, wide: true }, h(Empty, { title: 'The job has no items.' }));
  const shape = (width) => {
    // Wider than high, whole pixels for each cell where there is room.
    const columns = Math.max(1, Math.min(map.cells, Math.ceil(Math.sqrt((map.cells * width) / 220))));
    return { columns, rows: Math.ceil(map.cells / columns) };
  };
  const height = map.cells > 400 ? 220 : map.cells > 40 ? 110 : 48;
  const draw = (pen, width) => {
    const { columns, rows } = shape(width);
    const small = new OffscreenCanvas(columns, rows);
    const paint = small.getContext('2d');
    const image = paint.createImageData(columns, rows);
    const inks = NAMES.map((name) => rgb(colour('cell-' + name)));
    for (let i = 0; i < cells.length; i++) {
      const ink = inks[cells[i]];
      image.data[4 * i] = ink[0];
      image.data[4 * i + 1] = ink[1];
      image.data[4 * i + 2] = ink[2];
      image.data[4 * i + 3] = 255;
    }
    paint.putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = columns > width;
    pen.drawImage(small, 0, 0, width, height);
    const w = width / columns;
    const t = height / rows;
    if (w >= 5 && t >= 5) {
      pen.strokeStyle = colour('surface');
      pen.lineWidth = 1;
      pen.beginPath();
      for (let x = 1; x < columns; x++) { pen.moveTo(x * w, 0); pen.lineTo(x * w, height); }
      for (let y = 1; y < rows; y++) { pen.moveTo(0, y * t); pen.lineTo(width, y * t); }
      pen.stroke();
    }
    pen.strokeStyle = colour('ink');
    pen.lineWidth = 2;
    pen.strokeRect((cursor % columns) * w, Math.floor(cursor / columns) * t, Math.max(w, 4), Math.max(t, 4));
  };
  const first = (cell) => map.first + cell * map.itemsPerCell;
  const end = (cell) => Math.min(map.first + map.items, first(cell) + map.itemsPerCell);
  const at = (x, y, type, width) => {
    const { columns, rows } = shape(width);
    const cell = Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
    if (cell >= 0 && cell < map.cells) {
      setCursor(cell);
      if (type === 'click') onOpen(first(cell), end(cell), map.states[cells[cell]].name);
    }
  };
  const key = (event) => {
    const { columns } = shape(event.currentTarget.clientWidth);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (step) {
      event.preventDefault();
      setCursor(Math.max(0, Math.min(map.cells - 1, cursor + step)));
    } else if (event.key === 'Enter') {
      onOpen(first(cursor), end(cursor), map.states[cells[cursor]].name);
    }
  };
  const states = map.states.map((state, i) => ({ ...state, number: i })).filter((state) => state.cells > 0);
  return h(
    Card,
    { title, wide: true, hint: map.itemsPerCell === 1 ? 'one cell for each item' : `one cell for ${count(map.itemsPerCell)} items` },
    h(Canvas, { height, draw, onPoint: at, onKeyDown: key, tabIndex: 0, class: 'map', label: `Task map: ${states.map((state) => `${count(state.cells)} cells ${state.name}`).join(', ')}. Arrow keys move, Enter opens.` }),
    el.div({ class: 'legend' }, states.map((state) => el.span({ key: state.name }, el.i({ class: 'swatch cell-' + NAMES[state.number] }), `${state.name} ${count(state.cells)}`))),
    el.p({ class: 'hint said', role: 'status' }, `${items(first(cursor), end(cursor))}: ${map.states[cells[Math.min(cursor, cells.length - 1)]].name}. Click, or Enter, opens it.`),
  );
}

function rgb(text) {
  const hex = text.replace('#', '');
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
}
