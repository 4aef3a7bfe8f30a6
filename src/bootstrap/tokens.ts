import type { Config, SettingName } from './config.ts';
import type { Services } from './services.ts';

export type { Services } from './services.ts';

export type Token = keyof Services;

/**
 * The way in which one service is made from others and from settings. A container makes it once,
 * when it is first asked for, and gives it no setting but those that are named here.
 */
export type Provider<T, N extends Token = Token, S extends SettingName = SettingName> = {
  readonly needs: readonly N[];
  readonly settings: readonly S[];
  readonly create: (services: Services, config: Config) => T;
};

/** Names of services, or of services and settings. */
type Needs<N, S> =
  readonly N[] | { readonly settings: readonly S[]; readonly needs?: readonly N[] };

/**
 * Any value that a container would await: a promise, and a ResultAsync, which is none to the
 * compiler.
 */
type Thenable = { readonly then: (...handlers: never[]) => unknown };

/**
 * The one way to say what something is made from. Services and settings come by name, so that two
 * queues cannot be swapped by their order. A name that is missing, or a service of another type,
 * does not compile. What is provided cannot be thenable.
 */
export const from = <
  const N extends Token = never,
  T = unknown,
  const S extends SettingName = never,
>(
  needs: Needs<N, S>,
  create: (services: Pick<Services, N>, config: Config<S>) => T extends Thenable ? never : T,
): Provider<T, NoInfer<N>, NoInfer<S>> =>
  isList(needs)
    ? { needs, settings: [], create }
    : { needs: needs.needs ?? [], settings: needs.settings, create };

const isList = <N, S>(needs: Needs<N, S>): needs is readonly N[] => Array.isArray(needs);

export type Module = { readonly [K in Token]?: Provider<Services[K]> };
