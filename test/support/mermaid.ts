import { JSDOM } from 'jsdom';

/** What the program that readers use made of the source. */
export type Read = {
  /** By their names, from left to right. */
  readonly participants: readonly string[];
  /**
   * Of messages and notes, in their order: in one line, with the characters that numbers stand for.
   */
  readonly texts: readonly string[];
};

/** Parses a sequence diagram with Mermaid itself; rejects what it does not take. */
export const readMermaid = async (source: string): Promise<Read> => {
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(source);
  if (!isSequence(db)) throw new Error('it is taken for another kind of diagram');
  return {
    participants: [...db.getActors().values()].map(({ description }) => description),
    texts: db.getMessages().map(({ message }) => decoded(message.replaceAll('<br>', ' '))),
  };
};

/** Whether Mermaid takes the source of any picture; rejects with what it does not take. */
export const parsesAsMermaid = async (source: string): Promise<string> =>
  (await mermaid.parse(source)).diagramType;

type Sequence = {
  getActors(): ReadonlyMap<string, { readonly description: string }>;
  getMessages(): readonly { readonly message: string }[];
};

const isSequence = (db: object): db is Sequence => 'getActors' in db && 'getMessages' in db;

/** Until it draws, it keeps `#59;` under another name. */
const decoded = (text: string): string =>
  text.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));

/**
 * It looks for the window once, while it is loaded: as early as this, since it leaves a global
 * behind.
 */
const load = async () => {
  const { window } = new JSDOM('');
  Object.assign(globalThis, { window, document: window.document });
  try {
    const { default: loaded } = await import('mermaid');
    loaded.initialize({ startOnLoad: false });
    return loaded;
  } finally {
    Reflect.deleteProperty(globalThis, 'window');
    Reflect.deleteProperty(globalThis, 'document');
  }
};

const mermaid = await load();
