import { mount } from 'svelte';
import type { Backend } from './backend/backend';
import { tauriBackend } from './backend/tauri';
import './theme/tokens.css';
import './theme/components.css';
import './theme/app.css';
import Main from './windows/main/Main.svelte';

/** The fake is a script of its own, and none in the app's build: one request starts the window. */
async function backend(): Promise<Backend> {
  if (import.meta.env.MODE === 'fake') return (await import('./backend/fake')).fakeFromLocation();
  return tauriBackend();
}

const target = document.getElementById('app');
if (target) mount(Main, { target, props: { backend: await backend() } });
