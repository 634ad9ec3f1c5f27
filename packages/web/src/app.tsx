/** The routes: each section is loaded when it is first opened. */
import { lazy, Suspense } from 'react';
import { Redirect, Route, Router, Switch } from 'wouter';
import { app } from './state/app-state.ts';
import { basePath } from './state/base.ts';
import { useStore } from './state/store.ts';
import { Shell } from './ui/shell/shell.tsx';

const RoomsList = lazy(() => import('./rooms/rooms-list.tsx'));
const Welcome = lazy(() => import('./rooms/welcome.tsx'));
const ConversationView = lazy(() => import('./conversation/conversation-view.tsx'));
const XrayView = lazy(() => import('./conversation/xray/xray-view.tsx'));
const AgentsList = lazy(() => import('./agents/agents-list.tsx'));
const AgentView = lazy(() => import('./agents/agent-view.tsx'));
const InsideList = lazy(() => import('./inside/inside-list.tsx'));
const InsidePart = lazy(() => import('./inside/inside-part.tsx'));
const SignIn = lazy(() => import('./settings/sign-in.tsx'));
const SettingsView = lazy(() => import('./settings/settings-view.tsx'));

export function App() {
  const isRefused = useStore(app, ({ refusal }) => refusal !== undefined);
  if (isRefused)
    return (
      <Suspense>
        <SignIn />
      </Suspense>
    );
  return (
    <Router base={basePath}>
      <Switch>
        <Route path="/">
          <Shell list={<RoomsList />} main={<Welcome />} shows="list" />
        </Route>
        <Route path="/rooms/:roomId">
          {({ roomId }) => (
            <Shell
              list={<RoomsList roomId={roomId} />}
              main={<ConversationView key={roomId} roomId={roomId} />}
              shows="main"
            />
          )}
        </Route>
        <Route path="/rooms/:roomId/messages/:messageId/xray">
          {({ roomId, messageId }) => (
            <Shell
              list={<RoomsList roomId={roomId} />}
              main={<XrayView roomId={roomId} messageId={messageId} />}
              shows="main"
            />
          )}
        </Route>
        <Route path="/agents/:agentId?">
          {({ agentId }) => (
            <Shell
              list={<AgentsList agentId={agentId} />}
              main={<AgentView agentId={agentId} />}
              shows={agentId ? 'main' : 'list'}
            />
          )}
        </Route>
        <Route path="/inside/:part?">
          {({ part }) => (
            <Shell list={<InsideList part={part} />} main={<InsidePart part={part} />} shows={part ? 'main' : 'list'} />
          )}
        </Route>
        <Route path="/settings">
          <Shell main={<SettingsView />} shows="main" />
        </Route>
        <Route>
          <Redirect to="/" replace />
        </Route>
      </Switch>
    </Router>
  );
}
