/** What EC2's describe calls take. */

/** A filter takes 200 values. Source: EC2 user guide, "Filter your resources", quotas. */
export const MAX_FILTER_VALUES = 200;

/** Source: EC2 API reference, DescribeSecurityGroups and DescribeSecurityGroupRules: MaxResults of 5 to 1000. */
export const MAX_RESULTS = 1000;
