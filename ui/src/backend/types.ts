// The values that cross from Rust, under the name the window knows them by.
import type * as B from '../bindings';
import type * as A from './agreed';

export type * from '../bindings';

/** Rust fills in what is left out when it reads settings; what it sends is always whole. */
export type Settings = Required<B.Settings>;
export type Snapshot = Omit<B.Snapshot, 'settings' | 'profiles'> & {
  settings: Settings;
  profiles: A.ProfileView[];
};
export type AppEvent =
  | Exclude<B.AppEvent, { type: 'settings' | 'profiles' }>
  | { type: 'settings'; settings: Settings }
  | { type: 'profiles'; profiles: A.ProfileView[] };
export type {
  Check,
  CheckState,
  CheckView,
  EndpointKind,
  Field,
  FieldView,
  Images,
  Profile,
  ProfileView,
  Provider,
  ProviderView,
  Signature,
} from './agreed';
export type Delta = Omit<B.Delta, 'events'> & { events: AppEvent[] };
