/** The AWS partition of a region: `aws`, `aws-cn` or `aws-us-gov`. Source: the AWS SDKs' partition metadata. */
export const partitionOf = (region: string): string => {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
};

/** The domain that the partition's services end in. */
export const dnsSuffixOf = (partition: string): string =>
  partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
