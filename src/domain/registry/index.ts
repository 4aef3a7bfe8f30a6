export type { DocumentKind, Event } from './events.ts';
export { codec } from './codec.ts';
export {
  fold,
  register,
  REGISTERED_MAX,
  type Declared,
  type Refused,
  type Registered,
  type Registry,
} from './register.ts';
