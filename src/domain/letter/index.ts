export { isAboutLetter, LETTER_QUEUES, type Event, type LetterQueue } from './events.ts';
export { codec, codecs } from './codec.ts';
