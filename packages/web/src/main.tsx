/** Where the browser begins. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/tokens.css';
import './ui/base.css';
import { App } from './app.tsx';
import { sendKept } from './state/messages/outbox.ts';
import { watchOtherTabs } from './state/rooms/rooms.ts';
import { openSession } from './state/session.ts';
import { ViewBoundary } from './ui/shell/boundary.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
watchOtherTabs();
openSession(sendKept);
// Before anything else is said.
sendKept();
createRoot(root).render(
  <StrictMode>
    <ViewBoundary of={undefined} name="The page">
      <App />
    </ViewBoundary>
  </StrictMode>,
);
