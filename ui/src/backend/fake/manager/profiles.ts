// The profiles of the design's pictures of the manager.
import type * as T from '../../types';
import { OSS, PROFILES, profileView } from '../data';

const [LOCAL, BLOG] = PROFILES as [T.Profile, T.Profile];

export const MANAGER_PROFILES: T.ProfileView[] = [
  profileView(LOCAL),
  profileView(OSS),
  profileView(
    { ...BLOG, name: 'models-r2', bucket: 'models', prefix: '', publicUrl: 'https://models.example.com' },
    { isDefault: true },
  ),
  profileView({
    ...LOCAL,
    name: 'minio-lab',
    provider: 'minio',
    bucket: 'lab',
    endpoint: 'https://minio.lab.example',
    region: 'us-east-1',
  }),
  profileView({
    ...LOCAL,
    name: 'wasabi-archive',
    provider: 'wasabi',
    bucket: 'archive',
    region: 'eu-central-1',
  }),
];
