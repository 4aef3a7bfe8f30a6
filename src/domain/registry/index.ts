export { type AuditConclusion, type DocumentKind, type Event, codec } from './events.ts';
export * from './register.ts';
