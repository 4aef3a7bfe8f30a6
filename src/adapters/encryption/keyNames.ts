import type { KeyPurpose } from '../../domain/personal/index.ts';

/** `contact#1`, or `invoice-2026#1`: what was kept by law ends year by year. */
export type KeyName = {
  readonly purpose: KeyPurpose;
  readonly year?: number;
  readonly generation: number;
};

const KEY_NAME = /^(?:(contact)|(invoice)-(\d{4}))#([1-9]\d{0,8})$/;

export const keyNameOf = ({ purpose, year, generation }: KeyName): string =>
  `${purpose}${year === undefined ? '' : `-${year}`}#${generation}`;

export const readKeyName = (name: string): KeyName | undefined => {
  const [, contact, , year, generation] = KEY_NAME.exec(name) ?? [];
  if (generation === undefined) return undefined;
  return contact === undefined
    ? { purpose: 'invoice', year: Number(year), generation: Number(generation) }
    : { purpose: 'contact', generation: Number(generation) };
};

const END = 'end ';

/** Under which the mark stands that a key has its end. */
export const endNameOf = (name: string): string => `${END}${name}`;

export const endedBy = (name: string): string | undefined =>
  name.startsWith(END) ? name.slice(END.length) : undefined;

/** Under which the mark stands that nothing new is encrypted with a key. */
export const closeNameOf = (name: string): string => `close ${name}`;
