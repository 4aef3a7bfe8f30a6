import type { Dependency, Misconfiguration, Unavailable } from '../application/ports/failures.ts';

export const unavailable = (
  dependency: Dependency,
  cause: string,
  throttled = false,
): Unavailable => ({ type: 'Unavailable', dependency, cause, throttled });

export const misconfigured = (dependency: Dependency, cause: string): Misconfiguration => ({
  type: 'Misconfigured',
  dependency,
  cause,
});
