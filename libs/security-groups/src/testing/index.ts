export {
  baseline,
  compiled,
  limit,
  liveRules,
  permissions,
  rule,
  type BaselineNotation,
  type BoundNotation,
  type LimitNotation,
} from './notation.js';
export { FAULTS, SimulatedEc2, type Fault } from './simulated-ec2.js';
