import { mount } from 'svelte';
import type { Backend } from './backend/backend';
import './theme/tokens.css';
import './theme/components.css';
import './theme/app.css';
import Main from './windows/main/Main.svelte';

async function backend(): Promise<Backend> {
  if (import.meta.env.MODE === 'fake') return (await import('./backend/fake')).fakeFromLocation();
  return (await import('./backend/tauri')).tauriBackend();
}

const target = document.getElementById('app');
if (target) mount(Main, { target, props: { backend: await backend() } });
