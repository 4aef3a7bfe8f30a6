// Once, and before anything of inversify's, which reads metadata where decorators are used.
import 'reflect-metadata';
import { Container, ContainerModule } from 'inversify';
import type { Module, Provider, Services, Token } from './tokens.ts';

type ProvidedServices<M> = { readonly [K in keyof M]: M[K] extends Provider<infer T> ? T : never };
type NeededServices<M> = {
  [K in keyof M]: M[K] extends Provider<unknown, infer N> ? N : never;
}[keyof M];

/** What some service needs and no module provides; a module that lacks it does not compile. */
type MissingServices<A, B> = {
  readonly [K in Exclude<NeededServices<A> | NeededServices<B>, keyof A | keyof B>]: Provider<
    K extends Token ? Services[K] : never
  >;
};

export type ServicesOf<A, B> = ProvidedServices<A> & ProvidedServices<B>;

/**
 * Puts the application together with one set of adapters. Each service is made once, on first use; the type
 * of what is had is the adapter's own, so that a test sees the ledger of the gateway in memory.
 */
export const createContainer = <A extends Module, B extends Module>(
  application: A,
  adapters: B & MissingServices<A, B>,
): { readonly get: <K extends keyof (A & B)>(token: K) => ServicesOf<A, B>[K] } => {
  const container = new Container();
  container.load(toInversify(application), toInversify(adapters));
  return { get: (token) => container.get(String(token)) };
};

const toInversify = (module: Module): ContainerModule =>
  new ContainerModule(({ bind }) => {
    for (const [token, { needs, create }] of Object.entries<Provider<unknown>>(module)) {
      bind<unknown>(token)
        .toResolvedValue(
          (...values: unknown[]) => {
            const services = Object.fromEntries(needs.map((need, index) => [need, values[index]]));
            return create(services as Services);
          },
          [...needs],
        )
        .inSingletonScope();
    }
  });
