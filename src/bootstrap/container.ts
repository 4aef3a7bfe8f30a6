// This is imported once, and before anything of inversify's, which reads metadata where decorators
// are used.
import 'reflect-metadata';
import { Container, ContainerModule } from 'inversify';
import type { Config, SettingName, Settings } from './config.ts';
import type { Module, Provider, Services, Token } from './tokens.ts';

type ProvidedServices<M> = { readonly [K in keyof M]: M[K] extends Provider<infer T> ? T : never };
type NeededServices<M> = {
  [K in keyof M]: M[K] extends Provider<unknown, infer N> ? N : never;
}[keyof M];

/**
 * Services that are needed and that no module provides; a module that lacks one does not compile.
 */
type MissingServices<A, B> = {
  readonly [K in Exclude<NeededServices<A> | NeededServices<B>, keyof A | keyof B>]: Provider<
    K extends Token ? Services[K] : never
  >;
};

export type ServicesOf<A, B> = ProvidedServices<A> & ProvidedServices<B>;

/** Any settings at all, with what may come with them. */
type SomeConfig = Partial<Settings> & Pick<Config<never>, 'credentials' | 'secrets'>;

/**
 * Puts the application together with one set of adapters. Each service is made once, on first use,
 * from the settings that its provider names. The type of a service is the adapter's own, so that a
 * test sees the ledger of the gateway in memory.
 */
export const createContainer = <A extends Module, B extends Module>(
  application: A,
  adapters: B & MissingServices<A, B>,
  config: SomeConfig = {},
): { readonly get: <K extends keyof (A & B)>(token: K) => ServicesOf<A, B>[K] } => {
  const container = new Container();
  container.load(toInversify({ ...application, ...adapters }, config));
  return { get: (token) => container.get(String(token)) };
};

const toInversify = (module: Module, config: SomeConfig): ContainerModule =>
  new ContainerModule(({ bind }) => {
    for (const [token, { needs, settings, create }] of Object.entries<Provider<unknown>>(module)) {
      bind<unknown>(token)
        .toResolvedValue(
          (...values: unknown[]) => {
            const services = Object.fromEntries(needs.map((need, index) => [need, values[index]]));
            return create(services as Services, configOf(token, settings, config));
          },
          [...needs],
        )
        .inSingletonScope();
    }
  });

/** The settings that a provider names, and no others; secrets have their source with them. */
const configOf = (token: string, settings: readonly SettingName[], config: SomeConfig): Config => {
  const { credentials, secrets } = config;
  const named = settings.map((name) => {
    if (!Object.hasOwn(config, name)) {
      throw new Error(`Broken invariant: ${token} needs ${name}, which nobody has read`);
    }
    return [name, config[name]] as const;
  });
  const sources = Object.entries(secrets ?? {}).filter(([name]) =>
    settings.some((other) => other === name),
  );
  return {
    ...Object.fromEntries(named),
    ...(credentials && { credentials }),
    ...(sources.length > 0 && { secrets: Object.fromEntries(sources) }),
  } as Config;
};

export const closureOf = (
  module: Module,
  tokens: readonly Token[],
): { readonly services: ReadonlySet<Token>; readonly settings: ReadonlySet<SettingName> } => {
  const services = new Set<Token>();
  const settings = new Set<SettingName>();
  const add = (token: Token): void => {
    if (services.has(token)) return;
    services.add(token);
    for (const name of module[token]?.settings ?? []) settings.add(name);
    for (const need of module[token]?.needs ?? []) add(need);
  };
  for (const token of tokens) add(token);
  return { services, settings };
};
