import type { Suite } from '../report.js';
import { access } from './access.js';
import { address } from './address.js';
import { agree } from './agree.js';
import { audit } from './audit.js';
import { cold } from './cold.js';
import { diff } from './diff.js';
import { envelope } from './envelope.js';
import { fuzz } from './fuzz.js';
import { plan } from './plan.js';
import { records } from './records.js';
import { size } from './size.js';

/** In the order in which they are run. */
export const SUITES: readonly Suite[] = [diff, access, address, audit, size, cold, plan, agree, fuzz, envelope, records];
