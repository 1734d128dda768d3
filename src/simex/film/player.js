"use strict";
(() => {
  const film = JSON.parse(document.getElementById("film").textContent);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const positions = new Uint16Array(bytes(film.positions).buffer);
  const levelOf = bytes(film.level_of);
  const GONE = 65535, people = film.people, last = Math.ceil(10 * Math.max(...film.times.slice(-1), ...film.left)) / 10;  // the last person may leave after the last picture
  const find = (selector) => document.querySelector(selector);
  const canvas = find("canvas"), pen = canvas.getContext("2d"), slider = find(".scrub input"), play = find(".play"), speed = find(".speed select");
  const style = getComputedStyle(document.documentElement), color = (name) => style.getPropertyValue("--" + name).trim();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const drill = film.kind === "lockdown-drill";
  let now = 0, level = 0, playing = false, before = 0, view = null;

  const levelsUsed = film.levels.map((_, index) => index).filter((index) => film.regions.some((region) => region.level === index || region.upper === index));
  level = levelsUsed[0];
  if (levelsUsed.length > 1) {
    for (const index of levelsUsed) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = film.levels[index];
      button.onclick = () => { level = index; view = null; show(); };
      find(".levels").append(button);
    }
  }
  const clocks = drill
    ? [["Time", () => minutes(now)], ["Doors locked", () => locked(now).size + " of " + film.to_lock], ["People in corridors", () => inHalls()]]
    : [["Time", () => minutes(now)], ["Outside", () => film.left.filter((at) => at >= 0 && at <= now).length.toLocaleString("en")], ["Still inside", () => (people - film.left.filter((at) => at >= 0 && at <= now).length).toLocaleString("en")]];
  for (const [name] of clocks) {
    const term = document.createElement("dt"), value = document.createElement("dd");
    term.textContent = name;
    find("dl").append(term, value);
  }
  const legend = [["pupil", "", "Student"], ["adult", "", "Adult"], ["quiet", "line", drill ? "Door, not locked" : "Door"]];
  if (drill) legend.push(["locked", "line", "Door, locked"]);
  if (film.shut.length) legend.push(["shut", "line", "Exit, closed"]);
  for (const [name, kind, word] of legend) {
    const key = document.createElement("div"), mark = document.createElement("i"), text = document.createElement("span");
    key.className = "key";
    mark.className = kind;
    mark.style.background = color(name);
    text.textContent = word;
    key.append(mark, text);
    find(".legend").append(key);
  }
  for (const [, words] of film.said) {
    const line = document.createElement("li");
    line.textContent = words;
    find(".said").append(line);
  }
  slider.max = last;

  const minutes = (seconds) => Math.floor(seconds / 60) + ":" + String(Math.floor(seconds % 60)).padStart(2, "0");
  const locked = (at) => new Set(film.locks.filter(([time]) => time <= at).map(([, portal]) => portal));
  const frameAt = (at) => {
    let low = 0, high = film.times.length - 1;
    while (low < high) { const middle = (low + high + 1) >> 1; if (film.times[middle] <= at + 1e-6) low = middle; else high = middle - 1; }
    return low;
  };
  const halls = film.regions.filter((region) => region.use === "corridor" || region.use === "stairs" || region.use === "lobby");
  const within = (x, y, points) => points.every(([ax, ay], index) => {
    const [bx, by] = points[(index + 1) % points.length];
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= -1e-3;
  });
  const inHalls = () => {
    const frame = frameAt(now);
    let count = 0;
    for (let person = 0; person < people; person++) {
      const place = (frame * people + person) * 2;
      if (positions[place] === GONE) continue;
      const x = positions[place] * film.unit + film.origin[0], y = positions[place + 1] * film.unit + film.origin[1], floor = levelOf[frame * people + person];
      if (halls.some((region) => region.level === floor && within(x, y, region.points))) count++;
    }
    return count;
  };

  const fit = () => {
    const ratio = devicePixelRatio || 1, box = canvas.getBoundingClientRect();
    canvas.width = Math.round(box.width * ratio);
    canvas.height = Math.round(box.height * ratio);
    const all = film.regions.filter((region) => region.level === level || region.upper === level).flatMap((region) => region.points);
    const xs = all.map(([x]) => x), ys = all.map(([, y]) => y);
    const left = Math.min(...xs), right = Math.max(...xs), bottom = Math.min(...ys), top = Math.max(...ys);
    const turned = (right - left) / (top - bottom) > 1.6 && box.height > box.width;  // a long building stands upright on a phone
    const wide = turned ? top - bottom : right - left, high = turned ? right - left : top - bottom, margin = 14 * ratio;
    const scale = Math.min((canvas.width - 2 * margin) / wide, (canvas.height - 2 * margin) / high);
    const offX = (canvas.width - wide * scale) / 2, offY = (canvas.height - high * scale) / 2;
    const at = turned
      ? (x, y) => [offX + (y - bottom) * scale, offY + (x - left) * scale]
      : (x, y) => [offX + (x - left) * scale, offY + (top - y) * scale];
    view = { scale, at, ratio };
  };
  const path = (points) => {
    pen.beginPath();
    points.forEach(([x, y], index) => { const [px, py] = view.at(x, y); if (index) pen.lineTo(px, py); else pen.moveTo(px, py); });
    pen.closePath();
  };

  const show = () => {
    if (!view) fit();
    const { scale, at, ratio } = view;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    for (const region of film.regions) {
      if (region.level !== level && region.upper !== level) continue;
      path(region.points);
      pen.fillStyle = color(region.use === "stairs" ? "stairs" : region.use === "corridor" || region.use === "lobby" ? "hall" : "floor");
      pen.fill();
      pen.strokeStyle = color("wall");
      pen.lineWidth = (region.use === "corridor" || region.use === "stairs" ? 0.5 : 1.2) * ratio;
      pen.stroke();
      if (region.use === "stairs") {
        pen.save();
        pen.clip();
        const step = Math.max(6 * ratio, scale * 0.6);
        pen.lineWidth = 0.5 * ratio;
        for (let k = -canvas.height; k < canvas.width; k += step) { pen.beginPath(); pen.moveTo(k, 0); pen.lineTo(k + canvas.height, canvas.height); pen.stroke(); }
        pen.restore();
      }
    }
    const size = Math.max(9, Math.min(13, scale / ratio * 1.1)) * ratio;
    pen.font = size + "px system-ui, sans-serif";
    pen.fillStyle = "#8a979f";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const name of film.names) {
      if (name.level === level && pen.measureText(name.name).width < name.width * scale) pen.fillText(name.name, ...at(...name.at));
    }
    const closed = locked(now), shut = new Set(film.shut);
    film.portals.forEach((portal, index) => {
      if (portal.level !== level) return;
      const [[x1, y1], [x2, y2]] = portal.segment;
      pen.beginPath();
      pen.moveTo(...at(x1, y1));
      pen.lineTo(...at(x2, y2));
      if (portal.kind !== "door") { pen.strokeStyle = color("hall"); pen.lineWidth = 2 * ratio; pen.stroke(); return; }
      pen.strokeStyle = color(shut.has(index) ? "shut" : closed.has(index) ? "locked" : "quiet");
      pen.lineWidth = Math.max(closed.has(index) || shut.has(index) ? 5 : 3, scale / ratio * 0.2) * ratio;
      pen.stroke();
      const [mx, my] = at((x1 + x2) / 2, (y1 + y2) / 2), arm = 5 * ratio;
      if (shut.has(index)) {  // told apart without color, too: a cross and a dot
        pen.lineWidth = 2 * ratio;
        pen.beginPath();
        pen.moveTo(mx - arm, my - arm); pen.lineTo(mx + arm, my + arm);
        pen.moveTo(mx - arm, my + arm); pen.lineTo(mx + arm, my - arm);
        pen.stroke();
      } else if (closed.has(index)) {
        pen.fillStyle = color("locked");
        pen.beginPath();
        pen.arc(mx, my, 4.5 * ratio, 0, 7);
        pen.fill();
      }
    });
    const frame = frameAt(now), next = Math.min(frame + 1, film.times.length - 1);
    const share = next > frame ? Math.min(1, (now - film.times[frame]) / (film.times[next] - film.times[frame])) : 0;
    const radius = Math.max(1.6 * ratio, 0.22 * scale);
    for (const adult of [0, 1]) {
      pen.fillStyle = color(adult ? "adult" : "pupil");
      pen.beginPath();
      for (let person = 0; person < people; person++) {
        if (film.adult[person] !== adult || levelOf[frame * people + person] !== level) continue;
        const here = (frame * people + person) * 2, there = (next * people + person) * 2;
        if (positions[here] === GONE || (film.left[person] >= 0 && film.left[person] <= now)) continue;
        const gone = positions[there] === GONE;
        const x = positions[here] + (gone ? 0 : (positions[there] - positions[here]) * share), y = positions[here + 1] + (gone ? 0 : (positions[there + 1] - positions[here + 1]) * share);
        const [px, py] = at(x * film.unit + film.origin[0], y * film.unit + film.origin[1]);
        pen.moveTo(px + radius, py);
        pen.arc(px, py, radius * (adult ? 1.25 : 1), 0, 7);
      }
      pen.fill();
    }
    find("dl").querySelectorAll("dd").forEach((cell, index) => { cell.textContent = clocks[index][1](); });
    let current = -1;
    film.said.forEach(([time], index) => { if (time <= now) current = index; });
    find(".said").querySelectorAll("li").forEach((line, index) => { line.classList.toggle("now", index === current); line.hidden = index > current; });
    find(".levels").querySelectorAll("button").forEach((button, index) => button.setAttribute("aria-pressed", String(levelsUsed[index] === level)));
    slider.value = now;
    slider.setAttribute("aria-valuetext", minutes(now));
    find(".clock").textContent = minutes(now) + " / " + minutes(last);
    play.textContent = playing ? "Pause" : "Play";
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
  };
  const go = (time) => { now = Math.max(0, Math.min(last, time)); show(); };
  const tick = (time) => {
    if (!playing) return;
    const passed = (time - before) / 1000 * Number(speed.value);
    if (!calm || passed >= 5) {  // who wants less motion sees a picture every five seconds of the film
      before = time;
      now = Math.min(last, now + passed);
      if (now >= last) playing = false;
      show();
    }
    requestAnimationFrame(tick);
  };
  const toggle = () => {
    playing = !playing;
    if (playing && now >= last) now = 0;
    before = performance.now();
    show();
    if (playing) requestAnimationFrame(tick);
  };
  play.onclick = toggle;
  slider.oninput = () => go(Number(slider.value));
  document.addEventListener("keydown", (event) => {
    if (["SELECT", "BUTTON"].includes(event.target.tagName) && event.key !== "Home" && event.key !== "End") return;
    const step = levelsUsed.indexOf(level);
    const deeds = {
      " ": toggle,
      ArrowRight: () => go(now + 5), ArrowLeft: () => go(now - 5),
      Home: () => go(0), End: () => go(last),
      ArrowUp: () => { level = levelsUsed[Math.min(levelsUsed.length - 1, step + 1)]; view = null; show(); },
      ArrowDown: () => { level = levelsUsed[Math.max(0, step - 1)]; view = null; show(); },
    };
    if (deeds[event.key]) { event.preventDefault(); deeds[event.key](); }
  });
  new ResizeObserver(() => { view = null; show(); }).observe(canvas);
  window.film = { go };
  show();
})();
