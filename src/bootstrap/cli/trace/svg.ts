import { renderMermaidSVG } from 'beautiful-mermaid';
import { htmlEscape } from 'escape-goat';
import { BEAUTIFUL, mermaidOf } from './mermaid.ts';
import { PHASES, type Picture } from './picture.ts';

/**
 * By the names that the drawing has for them. Those that it does not use here are not among them.
 */
const LIGHT = {
  bg: '#ffffff',
  _text: '#1f2328',
  '_text-sec': '#424a53',
  '_text-muted': '#424a54',
  _line: '#8c959f',
  _arrow: '#57606a',
  '_node-fill': '#eef2f6',
  '_node-stroke': '#afb8c1',
  '_inner-stroke': '#d0d7de',
  '_group-hdr': '#f6f8fa',
} as const;

const DARK: Readonly<Record<keyof typeof LIGHT, string>> = {
  bg: '#0d1117',
  _text: '#e6edf3',
  '_text-sec': '#c9d1d9',
  '_text-muted': '#c9d1d9',
  _line: '#6e7681',
  _arrow: '#9ea7b3',
  '_node-fill': '#1c2530',
  '_node-stroke': '#484f58',
  '_inner-stroke': '#30363d',
  '_group-hdr': '#161b22',
};

/** What has room above an arrow to the next lane; it may go a little beyond. */
const LABEL_COLUMNS = 36;
/** Above a longer one, for each gap between lanes, up to a line that is still easily read. */
const GAP_COLUMNS = 24;
const LINE_COLUMNS_MAX = 72;
const LABEL_LINES_MAX = 2;

const PHASE = new RegExp(`(?:${Object.values(PHASES).join('|')}):`);

/**
 * A drawing that stands alone: no font, style or script from elsewhere, and colours for light and
 * dark.
 */
export const svgPicture = (picture: Picture, title: string): string => {
  const source = mermaidOf(picture, {
    ...BEAUTIFUL,
    columns: (gaps) => Math.max(LABEL_COLUMNS, Math.min(GAP_COLUMNS * gaps, LINE_COLUMNS_MAX)),
    escape: (line) => BEAUTIFUL.escape(line).replace(PHASE, '<b>$&</b>'),
    linesMax: LABEL_LINES_MAX,
    // There is no room for more.
    linesBelow: 1,
    // Lines are centred where one would be; an empty one more lifts them off the arrow.
    ending: '<br>',
    // A head of its own, by which the style knows a refusal.
    arrows: { ...BEAUTIFUL.arrows, refused: '-)' },
  });
  // It takes entities for what they stand for.
  const drawn = renderMermaidSVG(source.replaceAll('&', '&amp;'), { font: 'sans-serif' });
  return coloured(drawn)
    .replace(/<svg ([^>]*?) style="[^"]*">/, (_, attributes) => openTag(String(attributes), title))
    .replace(/<style>[^]*?<\/style>/, `<style>${STYLE}</style>`)
    .replace('</defs>', `${CROSS}</defs>`);
};

/** The colours themselves, since many programs that show SVG do not know variables. */
const coloured = (svg: string): string =>
  svg.replace(/var\(--([\w-]+)\)/g, (variable, name) => COLOURS.get(String(name)) ?? variable);

const COLOURS = new Map<string, string>(Object.entries(LIGHT));

const openTag = (attributes: string, title: string): string =>
  [
    `<svg class="life" role="img" aria-labelledby="life-title" ${attributes}>`,
    `<title id="life-title">${htmlEscape(title)}</title>`,
    `<rect width="100%" height="100%" fill="${LIGHT.bg}" />`,
  ].join('\n');

/** At the end of an arrow that nobody answered, or that was refused. */
const CROSS = `<marker id="seq-cross" markerWidth="10" markerHeight="10" refX="9" refY="5"
    orient="auto" markerUnits="userSpaceOnUse">
    <path d="M1,1 L9,9 M1,9 L9,1" fill="none" stroke="#cf222e" stroke-width="2" />
  </marker>
`;

const LOST = '.life .message[data-line-style="dashed"]';
const REFUSED = '.life .message[data-arrow-head="open"]';

const darkRules = Object.entries(DARK).flatMap(([name, dark]) => {
  const light = COLOURS.get(name) ?? '';
  return ['fill', 'stroke'].map((paint) => `.life [${paint}="${light}"] { ${paint}: ${dark}; }`);
});

const STYLE = `
  .life text {
    font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif;
  }
  .life .message text {
    paint-order: stroke; stroke: ${LIGHT.bg}; stroke-width: 5px; stroke-linejoin: round;
  }
  .life .message tspan[font-weight] { fill: #0757ba; }
  .life .note text { font-size: 9.5px; }
  ${LOST} :is(line, polyline), ${REFUSED} :is(line, polyline) {
    stroke: #cf222e; marker-end: url(#seq-cross);
  }
  ${LOST} text, ${REFUSED} text { fill: #b3202c; }
  @media (prefers-color-scheme: dark) {
    ${darkRules.join('\n    ')}
    .life .message text { stroke: ${DARK.bg}; }
    .life .message tspan[font-weight] { fill: #79b8ff; }
    ${LOST} :is(line, polyline), ${REFUSED} :is(line, polyline) { stroke: #ff7b72; }
    ${LOST} text, ${REFUSED} text { fill: #ff9a92; }
    .life #seq-cross path { stroke: #ff7b72; }
  }
`;
