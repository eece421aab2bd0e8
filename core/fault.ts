/**
 * What pages someone. The names are literal strings because state machines match them and bundling renames
 * classes.
 */
export const faultNames = [
  'RowUnreadable',
  'RowMissing',
  'ReleaseUnreadable',
  'SettingsInvalid',
  'StepMisused',
  'DependencyFailed',
  'ActionInFlight',
  'ApproversUnreachable',
] as const;
export type FaultName = (typeof faultNames)[number];

/** Something that must not happen did; the message says what and what to do, without any secret. */
export class Fault extends Error {
  constructor(name: FaultName, message: string) {
    super(message);
    this.name = name;
  }
}
