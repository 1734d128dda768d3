"""How the columns of an export are called: each information system has its own words. Compared as letters and
digits only, without accents."""

from __future__ import annotations

import re

# Squeezed heading → column. The parts of a name are put together; "school" may hold a school's name, short
# address or number.
ALIASES: dict[str, str] = {
    word: column
    for column, words in {
        "identifier": "studentnumber studentid id studentno number localid localstudentid sisid sourcedid"
        " idestudiante numeroestudiante matricula numero",
        "name": "name studentname fullname student nombrecompleto nombreestudiante alumno estudiante",
        "given": "firstname givenname first legalfirstname nombre nombres primernombre",
        "middle": "middlename middle middleinitial segundonombre",
        "family": "lastname familyname surname last legallastname apellido apellidos",
        "birth_date": "birthdate dateofbirth dob birthday born fechanacimiento fechadenacimiento nacimiento",
        "grade": "grade gradelevel grado nivel",
        "school": (
            "school schoolname schoolnumber schoolid schoolcode campus building escuela nombreescuela plantel"
        ),
        "custody_note": "custody custodynote custodyalert courtorder legalalert custodia notacustodia",
        "iep": "iep hasiep specialed specialeducation sped educacionespecial",
        "section_504": "504 504plan section504 has504 is504 plan504 seccion504",
        "recognize": "recognize howtorecognize appearance description photonote comoreconocer descripcion",
        "schedule": "schedule classschedule bellschedule where horario",
    }.items()
    for word in words.split()
}
NAME_PARTS = ("given", "middle", "family")
REQUIRED = ("identifier", "name", "grade")
LONGEST = {
    "identifier": 40,
    "name": 120,
    "given": 80,
    "middle": 80,
    "family": 80,
    "custody_note": 600,
    "recognize": 600,
    "schedule": 1200,
}

# guardian1name, Parent 2 Phone, contact_1_language, tutor1telefono, motherphone …
MOST_GUARDIANS = 6
GUARDIAN = re.compile(r"^(guardian|parent|contact|tutor|mother|father|madre|padre)(\d)?(.*)$")
GUARDIAN_PARTS: dict[str, str] = {
    word: part
    for part, words in {
        "name": "name fullname nombre",
        "relation": "relation relationship relacion parentesco",
        "phone": "phone cell mobile homephone phonenumber telefono celular",
        "language": "language homelanguage idioma lengua",
        "household": "household home address hogar domicilio",
    }.items()
    for word in words.split()
} | {"": "name"}
RELATIONS = {"mother": "mother", "madre": "mother", "father": "father", "padre": "father"}
