'use strict';
(() => {
  const root = document.querySelector('[data-viewer]');
  if (!root) {
    return;
  }

  const one = name => root.querySelector(`[data-viewer-${name}]`);
  const all = selector => [...root.querySelectorAll(selector)];
  const volumes = all('[data-volume]');
  const canvas = root.querySelector('canvas');
  const fail = () => {
    one('error').hidden = false;
    root.querySelector('.viewport').hidden = true;
  };
  if (!document.createElement('canvas').getContext('webgl2')) {
    fail();
    return;
  }

  const viewer = new niivue.Niivue({
    backColor: [0, 0, 0, 1], crosshairWidth: 0, isRadiologicalConvention: true, sagittalNoseLeft: true, showAllOrientationMarkers: true, show3Dcrosshair: false, isOrientCube: false, logLevel: 'error',
    dragMode: niivue.DRAG_MODE.contrast,
  });
  let shown = null;
  let window = [0, 1];

  const opacityOf = roi => Number(root.querySelector(`[data-viewer-opacity="${roi}"]`).value) / 100;
  const namesOf = volume => volume.dataset.names.split('\n');
  const planes = ['sagittal', 'coronal', 'axial'];

  // The place of a slice along its axis, from 0 to 1, and back.
  const placeOf = slice => {
    const place = (slice + 0.5) / namesOf(shown).length;
    return 'reversed' in shown.dataset ? 1 - place : place;
  };
  const sliceAt = place => {
    const count = namesOf(shown).length;
    const slice = Math.floor(('reversed' in shown.dataset ? 1 - place : place) * count);
    return Math.min(count - 1, Math.max(0, slice));
  };

  const nameSlice = slice => {
    one('slice').value = slice + 1;
    one('name').textContent = `${slice + 1} of ${namesOf(shown).length}: ${namesOf(shown)[slice]}`;
  };
  const goTo = slice => {
    const place = [...viewer.scene.crosshairPos];
    place[Number(shown.dataset.axis)] = placeOf(slice);
    viewer.scene.crosshairPos = place;
    viewer.drawScene();
    nameSlice(slice);
  };

  const view = () => {
    const chosen = one('view').value === 'slice' ? planes[Number(shown.dataset.axis)] : one('view').value;
    viewer.setSliceType({ axial: viewer.sliceTypeAxial, coronal: viewer.sliceTypeCoronal, sagittal: viewer.sliceTypeSagittal, three: viewer.sliceTypeMultiplanar }[chosen]);
  };

  const setWindow = (low, high) => {
    const scan = viewer.volumes[0];
    scan.cal_min = low;
    scan.cal_max = Math.max(high, low + 1e-6);
    viewer.updateGLVolume();
  };
  const showWindow = () => {
    const scan = viewer.volumes[0];
    one('level').value = (scan.cal_min + scan.cal_max) / 2;
    one('width').value = scan.cal_max - scan.cal_min;
  };
  const applyWindow = () => setWindow(Number(one('level').value) - Number(one('width').value) / 2, Number(one('level').value) + Number(one('width').value) / 2);

  const load = async index => {
    delete root.dataset.ready;
    shown = volumes[index];
    while (viewer.volumes.length > 0) {
      viewer.removeVolume(viewer.volumes[viewer.volumes.length - 1]);
    }

    const scan = await niivue.NVImage.loadFromBase64({ base64: shown.querySelector('[data-scan]').textContent, name: 'scan.nii.gz' });
    viewer.addVolume(scan);
    const masks = [...shown.querySelectorAll('[data-mask]')];
    for (const source of masks) {
      const mask = await niivue.NVImage.loadFromBase64({ base64: source.textContent, name: 'mask.nii.gz', opacity: opacityOf(source.dataset.mask) });
      const [red, green, blue] = source.dataset.color.split(' ').map(Number);
      mask.setColormapLabel({ R: [0, red], G: [0, green], B: [0, blue], A: [0, 255], I: [0, 1], labels: ['', ''] });
      viewer.addVolume(mask);
    }

    all('[data-viewer-roi]').forEach(item => { item.hidden = !masks.some(mask => mask.dataset.mask === item.dataset.viewerRoi); });
    viewer.opts.isOrientationTextVisible = 'placed' in shown.dataset;
    const range = Math.max(scan.global_max - scan.global_min, 1e-6);
    Object.assign(one('level'), { min: scan.global_min, max: scan.global_max, step: range / 500 });
    Object.assign(one('width'), { min: range / 500, max: range, step: range / 500 });
    window = [scan.cal_min, scan.cal_max];
    showWindow();
    Object.assign(one('slice'), { min: 1, max: namesOf(shown).length, step: 1 });
    view();
    viewer.updateGLVolume();
    goTo(Math.floor(namesOf(shown).length / 2));
    root.dataset.ready = index;
  };

  one('scan').addEventListener('change', event => load(Number(event.target.value)));
  one('scan').parentNode.hidden = volumes.length < 2;
  one('view').addEventListener('change', view);
  one('slice').addEventListener('input', event => goTo(Number(event.target.value) - 1));
  one('level').addEventListener('input', applyWindow);
  one('width').addEventListener('input', applyWindow);
  one('reset').addEventListener('click', () => {
    setWindow(...window);
    showWindow();
  });
  one('smooth').addEventListener('change', event => viewer.setInterpolation(!event.target.checked));
  all('[data-viewer-opacity]').forEach(input => input.addEventListener('input', () => {
    const masks = [...shown.querySelectorAll('[data-mask]')];
    const index = masks.findIndex(mask => mask.dataset.mask === input.dataset.viewerOpacity);
    if (index >= 0) {
      viewer.setOpacity(index + 1, opacityOf(input.dataset.viewerOpacity));
    }
  }));
  viewer.onLocationChange = location => {
    if ('ready' in root.dataset) {
      nameSlice(sliceAt(location.frac[Number(shown.dataset.axis)]));
    }
  };
  viewer.onIntensityChange = showWindow;
  viewer.attachToCanvas(canvas).then(() => load(0)).catch(fail);
})();
