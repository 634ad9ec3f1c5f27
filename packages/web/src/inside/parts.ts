/** The instruments of "Look inside". Whoever builds one gives its row a `View`, loaded when it is opened. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export type Part = { name: string; title: string; about: string; View?: LazyExoticComponent<ComponentType> };

export const parts: readonly Part[] = [
  {
    name: 'logs',
    title: 'Logs',
    about: 'The log of the server, live.',
    View: lazy(() => import('./logs/logs-view.tsx')),
  },
  {
    name: 'world',
    title: 'World',
    about: 'Rooms, people and agents, live.',
    View: lazy(() => import('./world/world-view.tsx')),
  },
  {
    name: 'metrics',
    title: 'Metrics',
    about: 'Turns, times and failures.',
    View: lazy(() => import('./metrics/metrics-view.tsx')),
  },
  {
    name: 'wire',
    title: 'Wire doctor',
    about: 'Mistakes of clients.',
    View: lazy(() => import('./wire/wire-doctor.tsx')),
  },
];
