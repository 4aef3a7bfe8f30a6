import type { ResultAsync } from 'neverthrow';
import type { Config, SettingName } from './config.ts';
import { closureOf, createContainer } from './container.ts';
import { application } from './modules/application.ts';
import type { aws } from './modules/aws.ts';
import { awsOnly, type Observers } from './modules/awsOnly.ts';
import type { Services, Token } from './tokens.ts';

/** The adapters of one process, some of which may be replaced by others of the same port. */
export type Adapters = ReturnType<typeof aws>;

/**
 * The services that a command, a worker or a function uses, and the settings that it reads itself.
 */
export type Uses<K extends Token, O extends Token, S extends SettingName> = {
  readonly services: readonly K[];
  /** The services for options; `false` stands for an option that was not given. */
  readonly also?: readonly (O | false)[];
  readonly settings?: readonly S[];
};

/** The services and settings that were asked for; no others can be reached. */
export type OpenServices<K extends Token, O extends Token, S extends SettingName> = Pick<
  Services,
  K
> &
  Partial<Pick<Services, O>> & { readonly config: Config<S> };

/** Reads exactly these settings, and every mistake in them at once. */
export type ReadSettings<E> = <N extends SettingName>(
  needs: readonly N[],
) => ResultAsync<Config<N>, E>;

/**
 * The adapters for what is used. Those on Stripe are imported only if one of them is used: its SDK
 * takes a fifth of the time that a command needs to start.
 */
export const adaptersFor = async (
  observers: Observers,
  uses: Uses<Token, Token, SettingName>,
): Promise<Adapters> => {
  const withoutStripe = awsOnly(observers);
  const provided = { ...application, ...withoutStripe };
  const { services } = closureOf(provided, tokensOf(uses));
  // Nobody reaches what it lacks then.
  if ([...services].every((token) => token in provided)) return withoutStripe as Adapters;
  const { aws: complete } = await import('./modules/aws.ts');
  return complete(observers);
};

const tokensOf = <K extends Token, O extends Token>({
  services,
  also = [],
}: Pick<Uses<K, O, never>, 'services' | 'also'>): readonly (K | O)[] => [
  ...services,
  ...also.filter((token) => token !== false),
];

/**
 * The settings of all that is used: those that are named, and those from which the services are
 * made.
 */
export const settingsOf = <K extends Token, O extends Token, S extends SettingName>(
  adapters: Adapters,
  uses: Uses<K, O, S>,
): readonly SettingName[] => {
  const closure = closureOf({ ...application, ...adapters }, tokensOf(uses));
  return [...new Set<SettingName>([...(uses.settings ?? []), ...closure.settings])];
};

/** Makes the services that are used, once all their settings are read. */
export const openServices = <
  K extends Token,
  E,
  O extends Token = never,
  S extends SettingName = never,
>(
  adapters: Adapters,
  uses: Uses<K, O, S>,
  read: ReadSettings<E>,
): ResultAsync<OpenServices<K, O, S>, E> =>
  read(settingsOf(adapters, uses)).map((config) => {
    const { get } = createContainer(application, adapters, config);
    const services = Object.fromEntries(tokensOf(uses).map((token) => [token, get(token)]));
    return { ...services, config } as OpenServices<K, O, S>;
  });
