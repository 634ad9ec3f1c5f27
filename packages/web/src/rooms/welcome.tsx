/** What stands beside the list while no room is chosen: whom one may talk to, and, the first time, how it goes on from here. */
import { app } from '../state/app-state.ts';
import { useStore } from '../state/store.ts';
import page from '../ui/page.module.css';
import { FirstSteps } from './first-steps.tsx';

export default function Welcome() {
  const version = useStore(app, (state) => state.version);
  return (
    <div className={page.page}>
      <h1>Say something.</h1>
      <p className={page.lead}>
        People and agents talk in rooms here. What was acknowledged is on disk; every question gets an end.
      </p>
      <FirstSteps />
      {version && <p className={page.note}>elizad {version}</p>}
    </div>
  );
}
