import type { Environment } from '../../config.ts';

const NAME = 'paidonce';

/**
 * An example as it works when it is typed. One that names no program names this one, and what npm
 * started is on nobody's PATH.
 */
export const asTyped = (example: string, env: Environment): string => {
  const line = example.includes(`${NAME} `) ? example : `${NAME} ${example}`;
  return env['npm_command'] === undefined
    ? line
    : line.replaceAll(new RegExp(`\\b${NAME}(?= )`, 'g'), `npx ${NAME}`);
};
