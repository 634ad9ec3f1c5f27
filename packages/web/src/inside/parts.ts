/** The instruments of "Look inside". Whoever builds one gives its row a `View`, loaded when it is opened. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export type Part = { name: string; title: string; about: string; View?: LazyExoticComponent<ComponentType> };

export const parts: readonly Part[] = [
  {
    name: 'logs',
    title: 'Logs',
    about: 'What the server writes down, as it happens.',
    View: lazy(() => import('./logs/logs-view.tsx')),
  },
  {
    name: 'world',
    title: 'World',
    about: 'Rooms, people and agents as the server knows them.',
    View: lazy(() => import('./world/world-view.tsx')),
  },
  {
    name: 'metrics',
    title: 'Metrics',
    about: 'Turns, times, failures.',
    View: lazy(() => import('./metrics/metrics-view.tsx')),
  },
  {
    name: 'wire',
    title: 'Wire doctor',
    about: 'Every frame on the socket, and what is wrong with it.',
    View: lazy(() => import('./wire/wire-doctor.tsx')),
  },
];
