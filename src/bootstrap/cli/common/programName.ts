import type { Environment } from '../../config.ts';

const NAME = 'paidonce';

/** An example as it works when it is typed: what npm started is on nobody's PATH. */
export const asTyped = (example: string, env: Environment): string =>
  env['npm_command'] === undefined
    ? example
    : example.replaceAll(new RegExp(`\\b${NAME}(?= )`, 'g'), `npx ${NAME}`);

/** An example that begins with another program names this one itself. */
export const lineOf = (example: string): string =>
  example.includes(`${NAME} `) ? example : `${NAME} ${example}`;
