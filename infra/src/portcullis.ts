import { join, resolve } from 'node:path';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import {
  guardedGroupIds,
  renderBaseline,
  selectsByCriteria,
  tagsMatter,
} from '@portcullis/baseline';
