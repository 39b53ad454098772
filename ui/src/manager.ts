import { mount } from 'svelte';
import type { ManagerBackend } from './backend/manager';
import { tauriManager } from './backend/manager-tauri';
import './theme/tokens.css';
import './theme/components.css';
import './theme/app.css';
import './theme/manager.css';
import Manager from './windows/manager/Manager.svelte';

/** The fake is a script of its own, and none in the app's build. */
async function backend(): Promise<ManagerBackend> {
  if (import.meta.env.MODE === 'fake') return (await import('./backend/fake/manager')).managerFromLocation();
  return tauriManager();
}

const target = document.getElementById('app');
if (target) mount(Manager, { target, props: { backend: await backend() } });
