import { createCodec, type Codec, type DataCodecs } from '../codec.ts';
import { object, oneOf, string, whole } from '../decode.ts';
import { DEAD_LETTER_QUEUES, type Event } from './events.ts';

const decision = object({
  letterId: string,
  queue: oneOf(...DEAD_LETTER_QUEUES),
  command: string,
  reason: string,
  by: string,
  because: string,
  at: whole,
});

export const codecs: DataCodecs<Event> = {
  LetterRedriven: { decode: decision },
  LetterDiscarded: { decode: decision },
};

/** For the stream of a letter that names no order. */
export const codec: Codec<Event> = createCodec<Event>(codecs);
