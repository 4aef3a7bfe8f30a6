import type { SettingName } from '../config.ts';
import { aws } from '../modules/aws.ts';
import { openServices, type OpenServices, type ReadSettings, type Uses } from '../openServices.ts';
import type { Token } from '../tokens.ts';
import type { DoctorFinding } from './finding.ts';

/**
 * Examines one part of the system. It changes nothing, and finds nothing if a setting of that part
 * is wrong.
 */
export type DoctorCheck = (read: ReadSettings<unknown>) => Promise<readonly DoctorFinding[]>;

export const check =
  <const K extends Token = never, const S extends SettingName = never>(
    uses: Uses<K, never, S>,
    examine: (opened: OpenServices<K, never, S>) => Promise<readonly DoctorFinding[]>,
  ): DoctorCheck =>
  async (read) => {
    const opened = await openServices(aws({ service: 'doctor' }), uses, read);
    return opened.isOk() ? examine(opened.value) : [];
  };
