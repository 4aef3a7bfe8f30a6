import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const TOP = join(import.meta.dirname, '../..');

export const readText = (path: string): string => readFileSync(join(TOP, path), 'utf8');

/** Every page of the documentation, by its path from the top. */
export const pages = (): readonly string[] => [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(TOP, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
];

/** The contents of the fenced blocks in one language. */
export const fenced = (markdown: string, language: string): readonly string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, content = '']) => content,
  );

/**
 * The cells of the rows of the table whose heading row begins with this cell. What is too wide for
 * a table is a list behind a comment with the headings: an item for each row, and in it one for
 * each further cell.
 */
export const tableRows = (markdown: string, heading: string): readonly (readonly string[])[] => {
  const lines = markdown.split('\n');
  const listed = lines.findIndex((line) => headingsOf(line)[0] === heading);
  if (listed !== -1) return listRows(lines.slice(listed + 1), headingsOf(lines[listed] ?? ''));
  const start = lines.findIndex((line) => cellsOf(line)[0] === heading);
  if (start === -1) throw new Error(`no table begins with ${heading}`);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map(cellsOf);
};

/** Of a comment such as `<!-- table: Reason | What to do -->`. */
const headingsOf = (line: string): readonly string[] =>
  /^<!-- table: (.*) -->$/.exec(line)?.[1]?.split(' | ') ?? [];

const listRows = (
  lines: readonly string[],
  headings: readonly string[],
): readonly (readonly string[])[] => {
  const end = lines.findIndex((line) => line !== '' && !/^(?:- | {2,})/.test(line));
  const items = lines.slice(0, end === -1 ? lines.length : end).join('\n');
  return items
    .split(/^- /m)
    .slice(1)
    .map((item) => {
      const [first = '', ...others] = item
        .split(/\n {2}- /)
        .map((part) => part.replaceAll(/\s*\n\s*/g, ' ').trim());
      return headings.map((name, at) => {
        if (at === 0) return first;
        const cell = others.find((other) => other.startsWith(`${name}: `));
        return cell?.slice(name.length + 2) ?? '';
      });
    });
};

/** The items of the page's lists, each on one line, without the mark before it. */
export const listItems = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^(?:-|\d+\.) (.*(?:\n {2,}\S.*)*)$/gm)].map(([, item = '']) =>
    item.replaceAll(/\n +/g, ' '),
  );

const cellsOf = (line: string): readonly string[] =>
  line
    .replaceAll('\\|', '\u0000')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('\u0000', '|').trim());
